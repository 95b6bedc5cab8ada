"""Garbage, broken requests, slow clients and sudden death."""

import json
import random
import threading
import time

import pytest

from kit.api import Api, Talk, new_id
from kit.raw import Raw, once
from kit.wait import crowd, eventually


def send_and_hang_up(server, data, half=True):
    """Sends, says that this was all, and reads what comes, which has to end."""
    with Raw(server) as raw:
        try:
            raw.send(data)
            if half:
                raw.socket.shutdown(1)
            return raw.rest()
        except ConnectionError:
            return b""


def statuses(reply):
    return [int(part[:3]) for part in reply.split(b"HTTP/1.1 ")[1:]]


def test_garbage_is_answered_or_dropped(server, api):
    chance = random.Random(20181116)
    alphabets = [bytes(range(256)), b"GET POST/ HTTP1.1\r\n:;\x00{}[]\"", b"\r\n", b"\x00\xff"]

    for number in range(250):
        alphabet = alphabets[number % len(alphabets)]
        blob = bytes(chance.choice(alphabet) for _ in range(chance.randrange(1, 600)))
        reply = send_and_hang_up(server, blob)
        assert all(400 <= status < 600 for status in statuses(reply)), blob

    assert api.get("/healthz").status_code == 200


def whole_requests(talk):
    body = json.dumps(talk.message())
    head = "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
    chunked = f"{len(body):x}\r\n{body}\r\n0\r\n\r\n"
    return [
        f"{head}application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}",
        f"{head}application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}",
        f"{head}application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}",
        f"GET /messages?conversationId={talk.conversation} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ]


def test_requests_that_break_off_anywhere_do_no_harm(server, api, talk):
    for request in whole_requests(talk):
        for at in range(1, len(request), 9):
            reply = send_and_hang_up(server, request[:at].encode(), half=at % 2 == 0) \
                if at % 2 == 0 else hang_up(server, request[:at].encode())
            assert all(status in (200, 201, 400, 408) for status in statuses(reply)), reply

    assert api.get("/healthz").status_code == 200
    assert all(one["text"] == "Oi!" for one in talk.listed())


def hang_up(server, data):
    """Sends, and is gone."""
    with Raw(server) as raw:
        raw.send(data)
    return b""


def test_requests_with_a_flipped_byte_never_break_the_server(server, api, talk):
    chance = random.Random(7)

    for request in whole_requests(talk):
        for _ in range(60):
            data = bytearray(request.encode())
            for _ in range(chance.randrange(1, 4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            reply = send_and_hang_up(server, bytes(data))
            assert not [status for status in statuses(reply) if status == 500], bytes(data)

    assert api.get("/healthz").status_code == 200


def test_bodies_with_a_flipped_byte_are_stored_whole_or_refused(api, talk):
    chance = random.Random(11)
    message = talk.message("Olá \U0001f916", metadata={"a": [1, "é"]})
    body = json.dumps(message, ensure_ascii=False).encode()

    for _ in range(300):
        data = bytearray(body)
        data[chance.randrange(len(data))] = chance.randrange(256)
        answer = api.send_json("POST", "/messages", bytes(data))
        assert answer.status_code in (201, 400, 422), (bytes(data), answer.text)
        if answer.status_code == 201:
            sent = json.loads(data)
            for name in ("text", "metadata"):
                assert answer.json()[name] == sent[name]


def test_clients_that_do_nothing_disturb_nobody(server, api, talk):
    idle = [Raw(server) for _ in range(150)]
    for number, raw in enumerate(idle):
        raw.send(whole_requests(talk)[0][:number])

    before = time.monotonic()
    for _ in range(20):
        talk.say()
    assert time.monotonic() - before < 10
    for raw in idle:
        raw.socket.close()
    assert api.get("/healthz").status_code == 200


def test_a_client_that_does_not_read_disturbs_nobody(start_server):
    server = start_server()
    with Api(server) as api:
        talk = Talk(api)
        for _ in range(20):
            batch = [talk.message("x" * 50_000) for _ in range(20)]
            assert api.post("/messages", json=batch).status_code == 201

        slow = [Raw(server) for _ in range(12)]
        for raw in slow:
            raw.ask("GET", f"/messages?conversationId={talk.conversation}")
        before = time.monotonic()
        for _ in range(20):
            assert api.get(f"/bots/{talk.bot}").status_code == 200
            Talk(api).say()
        assert time.monotonic() - before < 10

        answer = slow[0].answer()
        assert len(answer.json()) == 400, "who reads at last gets everything"
        for raw in slow:
            raw.socket.close()


def test_a_client_that_leaves_before_the_answer_does_no_harm(server, api, talk):
    talk.say()
    for request in whole_requests(talk) * 25:
        hang_up(server, request.encode())

    assert api.get("/healthz").status_code == 200
    assert talk.say()["id"] in [one["id"] for one in talk.listed()]


def test_many_connections_come_and_go(server, api):
    def visit(_):
        for _ in range(25):
            assert once(server, "GET", "/healthz", Connection="close").status_code == 200

    crowd(16, visit)
    assert api.get("/healthz").status_code == 200


def test_the_time_for_a_header_is_limited(start_server):
    with Api(start_server("--header-timeout", "1")) as api, Raw(api.server, timeout=20) as raw:
        raw.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        reply = raw.rest()
        assert statuses(reply) in ([], [408])
        assert api.get("/healthz").status_code == 200


def test_the_time_of_an_idle_connection_is_limited(start_server):
    with Api(start_server("--idle-timeout", "1")) as api, Raw(api.server, timeout=20) as raw:
        raw.ask("GET", "/healthz")
        assert raw.answer().status_code == 200
        assert raw.is_closed()
        assert api.get("/healthz").status_code == 200


@pytest.mark.parametrize("shape", ["single", "batch", "stream"])
def test_acknowledged_messages_survive_sudden_death(start_server, new_database, shape):
    database = new_database()
    server = start_server(database=database)
    acknowledged, enough = [], threading.Event()
    with Api(server) as api:
        talk = Talk(api)

    def write(number):
        try:
            while True:
                acknowledged.extend(WRITERS[shape](raws[number], talk))
                if len(acknowledged) > 300:
                    enough.set()
        except (EOFError, OSError, StopIteration, ValueError):
            pass

    raws = [Raw(server) for _ in range(6)]
    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    assert enough.wait(60)
    server.kill()
    for writer in writers:
        writer.join()

    with Api(start_server(database=database)) as api:
        eventually(lambda: api.get("/readyz").status_code == 200, "ready again")
        stored = {one["id"]: one for one in api.listed(conversationId=talk.conversation)}
        assert len(acknowledged) > 300
        assert [one for one in acknowledged if one not in stored] == []
        assert api.get(f"/messages/{acknowledged[-1]}").json() == stored[acknowledged[-1]]
        reply = api.get(f"/conversations/{talk.conversation}").json()
        assert reply["messageCount"] == len(stored)
        batches = [one["text"] for one in stored.values() if one["text"].startswith("batch ")]
        assert all(batches.count(text) == 7 for text in set(batches)), "all or nothing"
        assert api.post("/messages", json=talk.message("after")).status_code == 201


def write_single(raw, talk):
    sent = talk.message(id=new_id())
    raw.ask("POST", "/messages", json.dumps(sent).encode(), Content_Type="application/json")
    assert raw.answer().status_code == 201
    return [sent["id"]]


def write_batch(raw, talk):
    text = f"batch {new_id()}"
    sent = [talk.message(text, id=new_id()) for _ in range(7)]
    raw.ask("POST", "/messages", json.dumps(sent).encode(), Content_Type="application/json")
    assert raw.answer().status_code == 201
    return [one["id"] for one in sent]


def write_stream(raw, talk):
    """One line; the request never ends."""
    if not hasattr(raw, "reports"):
        raw.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n")
    raw.send_chunk(json.dumps(talk.message(id=new_id())).encode() + b"\n")
    if not hasattr(raw, "reports"):
        assert raw.head().status_code == 200
        raw.reports = raw.lines()
    report = json.loads(next(raw.reports))
    assert report["status"] == 201
    return [report["id"]]


WRITERS = {"single": write_single, "batch": write_batch, "stream": write_stream}
