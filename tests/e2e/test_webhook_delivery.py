"""Deliveries to real receivers."""

import collections
import re
import socket
import threading
import time
from pathlib import Path

import httpx
import pytest

from kit.api import Api, Talk, assert_problem, message, new_id
from kit.receiver import Hooks, RawReceiver, Receiver
from kit.server import run
from kit.tls import Authority
from kit.wait import Latch, eventually

LOCAL = ("--webhook-allow-range", "127.0.0.0/8")
QUICK = ("--webhook-retry", "100ms", "--webhook-retry", "200ms", "--webhook-retry", "300ms")


@pytest.fixture(scope="session")
def certificate(authority):
    return authority.issue("localhost", "127.0.0.1")


@pytest.fixture
def receive(certificate):
    made = []

    def start(answer=lambda got: 204, secure=True):
        made.append(Receiver(certificate if secure else None, answer))
        return made[-1]

    yield start
    for receiver in made:
        receiver.close()


@pytest.fixture
def flags(authority):
    return (*LOCAL, *QUICK, "--webhook-ca-file", str(authority.certificate))


@pytest.fixture
def hooks(start_server, flags):
    with Api(start_server(*flags)) as api:
        yield Hooks(api, Talk(api))


def dead(hooks, count):
    return eventually(lambda: (found := hooks.deliveries("dead")) and len(found) >= count and found,
                      f"{count} dead deliveries")


def nothing_waits(hooks):
    eventually(lambda: not hooks.deliveries("pending"), "nothing is pending")


def test_a_message_arrives_signed(hooks, receive):
    receiver = receive()
    secrets = hooks.put(receiver.url("/in?x=%20y"))["secrets"]
    sent = hooks.talk.say("Ol\u00e1 \u2603 \"quoted\"", inbound=True, metadata={"a": [1, 2.50]})

    got = receiver.wait_for(1)[0]

    got.verify(secrets[0])
    assert got.path == "/in?x=%20y"
    assert got.headers["host"] == f"localhost:{receiver.port}"
    assert got.headers["content-type"] == "application/json"
    assert got.event["type"] == "message.inbound"
    assert got.event["timestamp"] == sent["timestamp"]
    assert got.message == sent
    assert got.event["data"]["botId"] == hooks.talk.bot
    assert got.event["data"]["seq"] == 1
    nothing_waits(hooks)
    assert hooks.deliveries("dead") == []


def test_a_delivery_has_the_seq_of_its_message(hooks, receive):
    receiver = receive()
    hooks.put(receiver.url())
    hooks.talk.say("outbound")
    for number in range(3):
        hooks.talk.say(f"{number}", inbound=True)

    reply = [got.event["data"] for got in receiver.wait_for(4)]

    assert [one["seq"] for one in reply] == [1, 2, 3, 4]
    assert [one["message"] | {"seq": one["seq"]} for one in reply] == hooks.talk.listed(
        include="seq")
    assert "seq" not in reply[0]["message"]


def test_each_attempt_has_its_number_and_the_headers_of_the_webhook(hooks, receive):
    receiver = receive(lambda got: 204 if got.headers["webhook-attempt"] == "3" else 500)
    secret = hooks.put(receiver.url(), headers={
        "Authorization": "Bearer a b", "X-Empty": "", "User-Agent": "mine"})["secrets"][0]
    hooks.talk.say("first")
    hooks.talk.say("second")
    nothing_waits(hooks)

    got = receiver.all()
    assert [one.headers["webhook-attempt"] for one in got] == ["1", "2", "3", "1", "2", "3"]
    for one in got:
        assert one.headers["authorization"] == "Bearer a b"
        assert one.headers["x-empty"] == ""
        assert one.headers["user-agent"] == "mine"
        one.verify(secret)

    hooks.put(receiver.url(), headers={})
    hooks.api.post(hooks.path("crm", "test")).raise_for_status()
    assert "authorization" not in receiver.all()[6].headers
    assert receiver.all()[6].headers["webhook-attempt"] == "1"


def test_either_of_two_secrets_verifies(hooks, receive):
    receiver = receive()
    old = hooks.put(receiver.url())["secrets"][0]
    new = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    hooks.put(receiver.url(), secrets=[new, old])
    hooks.talk.say()

    got = receiver.wait_for(1)[0]

    got.verify(new)
    got.verify(old)
    with pytest.raises(Exception, match="signature"):
        got.verify("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")


def test_the_documented_receiver_verifies_signatures(hooks, receive):
    receiver = receive()
    secret = hooks.put(receiver.url())["secrets"][0]
    hooks.talk.say()
    got = receiver.wait_for(1)[0]

    page = (Path(__file__).resolve().parents[2] / "docs/webhooks.md").read_text()
    names = {}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], names)  # pylint: disable=exec-used

    assert names["is_ours"](secret, got.headers, got.body)
    assert not names["is_ours"](secret, got.headers, got.body + b" ")
    late = got.headers | {"webhook-timestamp": "1"}
    assert not names["is_ours"](secret, late, got.body)


def test_only_subscribed_events_arrive(hooks, receive):
    receiver = receive()
    hooks.put(receiver.url(), events=["message.outbound"])
    hooks.talk.say("to the bot", inbound=True)
    hooks.talk.say("from the bot")

    receiver.wait_for(1)
    nothing_waits(hooks)

    assert receiver.texts() == ["from the bot"]


def test_a_conversation_arrives_in_order(hooks, receive):
    receiver = receive()
    hooks.put(receiver.url())
    batch = [hooks.talk.message(f"{number}") for number in range(30)]
    assert hooks.api.post("/messages", json=batch).status_code == 201

    receiver.wait_for(30)

    assert receiver.texts() == [f"{number}" for number in range(30)]
    assert len({got.id for got in receiver.all()}) == 30


def test_a_failing_delivery_delays_its_conversation_only(hooks, receive):
    is_fixed = threading.Event()
    receiver = receive(lambda got: 204 if is_fixed.is_set() or got.message["text"] != "bad" else 500)
    hooks.put(receiver.url())
    quiet = new_id()
    hooks.talk.say("bad")
    hooks.talk.say("behind it")
    hooks.api.say(quiet, hooks.talk.bot, new_id(), text="elsewhere")

    eventually(lambda: receiver.texts().count("bad") >= 2 and "elsewhere" in receiver.texts(),
               "it was tried again, and the other one arrived")
    assert "behind it" not in receiver.texts()
    is_fixed.set()

    eventually(lambda: "behind it" in receiver.texts(), "what was behind it arrived")
    ids = {got.id for got in receiver.all() if got.message["text"] == "bad"}
    bodies = {got.body for got in receiver.all() if got.message["text"] == "bad"}
    assert (len(ids), len(bodies)) == (1, 1)


def test_after_the_last_attempt_a_delivery_is_dead_and_can_be_redelivered(hooks, receive):
    status = [503]
    receiver = receive(lambda got: status[0])
    hooks.put(receiver.url())
    first = hooks.talk.say("first")
    hooks.talk.say("second")

    given_up = dead(hooks, 2)

    assert receiver.texts() == ["first"] * 4 + ["second"] * 4
    assert given_up[0]["messageId"] == first["id"]
    assert (given_up[0]["tries"], given_up[0]["lastTry"]["status"]) == (4, 503)
    status[0] = 200
    one = hooks.api.post(hooks.path("crm", "deliveries", given_up[0]["id"], "redeliver"))
    assert one.status_code == 204
    receiver.wait_for(9)
    assert [got.id for got in receiver.all()][8] == given_up[0]["id"]
    assert hooks.api.post(hooks.path("crm", "deliveries", "redeliver")).json() == {
        "queued": 1, "complete": True}
    receiver.wait_for(10)
    nothing_waits(hooks)
    assert hooks.deliveries("dead") == []


def test_retry_after_is_respected(hooks, receive):
    times = []

    def answer(_):
        times.append(time.monotonic())
        return 200 if len(times) > 1 else (429, {"Retry-After": "2"}, b"")

    receiver = receive(answer)
    hooks.put(receiver.url())
    hooks.talk.say()

    receiver.wait_for(2)

    assert times[1] - times[0] >= 1.9


def test_410_disables_the_webhook_and_nothing_is_lost(hooks, receive):
    status = [410]
    receiver = receive(lambda got: status[0])
    hooks.put(receiver.url())
    hooks.talk.say("first")
    eventually(lambda: not hooks.api.get(hooks.path()).json()["enabled"], "it is disabled")
    assert hooks.api.get(hooks.path()).json()["disabledBecause"] == "gone"
    assert len(hooks.deliveries("pending")) == 1

    status[0] = 204
    assert hooks.put(receiver.url())["enabled"]

    receiver.wait_for(2)
    nothing_waits(hooks)
    assert receiver.texts() == ["first", "first"]


def test_messages_are_replayed_from_a_cursor(hooks, receive):
    receiver = receive()
    hooks.put(receiver.url())
    for number in range(5):
        hooks.talk.say(f"{number}")
    got = receiver.wait_for(5)
    nothing_waits(hooks)

    after = got[2].event["data"]["cursor"]
    reply = hooks.api.post(hooks.path("crm", "replay"), json={"after": after}).json()

    assert (reply["queued"], reply["complete"]) == (2, True)
    receiver.wait_for(7)
    assert receiver.texts()[5:] == ["3", "4"]
    assert [one.id for one in receiver.all()[5:]] == [one.id for one in got[3:]]


def test_the_test_of_a_webhook_shows_the_response(hooks, receive):
    content = b"thanks \xff" + b"x" * 10_000
    receiver = receive(lambda got: (202, {"Content-Type": "text/x", "X-Other": "1"}, content))
    secret = hooks.put(receiver.url())["secrets"][0]

    reply = hooks.api.post(hooks.path("crm", "test")).json()

    assert reply["status"] == 202
    assert reply["durationMs"] >= 0
    assert reply["headers"]["Content-Type"] == "text/x"
    assert "X-Other" not in reply["headers"]
    assert reply["body"].startswith("thanks ?xxx") and len(reply["body"]) == 4096
    got = receiver.all()[0]
    got.verify(secret)
    assert got.event["type"] == "webhook.test"
    assert hooks.deliveries("pending") == []

    receiver.answer = lambda got: None
    reply = hooks.api.post(hooks.path("crm", "test")).json()
    assert "status" not in reply and reply["failure"]


def test_a_slow_receiver_stalls_no_other(hooks, receive):
    release = threading.Event()
    slow = receive(lambda got: release.wait(20) and 204)
    quick = receive()
    hooks.put(slow.url(), name="slow")
    hooks.put(quick.url(), name="quick")
    for number in range(30):
        hooks.api.say(new_id(), hooks.talk.bot, new_id(), text=f"{number}")

    quick.wait_for(30, seconds=10)
    assert not release.is_set()
    assert len(slow.all()) == 8  # As many as one webhook may have under way.
    release.set()
    slow.wait_for(30)


def test_black_holes_delay_no_other_bot(start_server, flags, receive):
    hole = socket.create_server(("127.0.0.1", 0), backlog=1_000)  # It accepts nobody.
    good = receive(secure=False)
    with Api(start_server(*flags, "--webhook-allow-http")) as api:
        for _ in range(2):
            bad = Hooks(api, Talk(api))
            for number in range(20):
                bad.put(f"http://127.0.0.1:{hole.getsockname()[1]}/{number}", name=f"hook-{number}")
            api.post("/messages", json=[
                message(new_id(), bad.talk.bot, new_id()) for _ in range(20)]).raise_for_status()
        hooks = Hooks(api, Talk(api))
        hooks.put(good.url())
        eventually(lambda: in_flight(api) >= 40, "the black holes have slots")

        for number in range(20):
            began = time.monotonic()
            hooks.api.say(new_id(), hooks.talk.bot, new_id(), text=f"{number}")
            good.wait_for(number + 1)
            assert time.monotonic() - began < 5  # An attempt at a black hole takes 10 s.
    hole.close()


def in_flight(api):
    name = "botapi_webhook_requests_in_flight "
    lines = api.get("/metrics").text.splitlines()
    return next(float(line[len(name):]) for line in lines if line.startswith(name))


def test_a_receiver_that_never_answers_is_given_up(start_server, flags, receive):
    release = threading.Event()
    receiver = receive(lambda got: release.wait(20) and 204)
    with Api(start_server(*flags, "--webhook-timeout", "300ms")) as api:
        hooks = Hooks(api, Talk(api))
        hooks.put(receiver.url())
        hooks.talk.say()

        given_up = dead(hooks, 1)[0]
        release.set()

        assert given_up["lastTry"]["failure"] == "no answer in time"


def test_certificates_are_checked(hooks, receive, authority, tmp_path):
    stranger = Authority(tmp_path)
    wrong_name = Receiver(authority.issue("other.example"))
    untrusted = Receiver(stranger.issue("localhost"))
    expired = Receiver(authority.issue("localhost", days=0))
    try:
        for receiver in (wrong_name, untrusted, expired):
            hooks.put(receiver.url())
            reply = eventually(  # A certificate valid until now expires within a second.
                lambda: hooks.api.post(hooks.path("crm", "test")).json().get("failure"), "it fails")
            assert "certificate verify failed" in reply
        assert wrong_name.all() == untrusted.all() == []
    finally:
        wrong_name.close()
        untrusted.close()
        expired.close()
    by_address = receive()
    hooks.put(by_address.url(host="127.0.0.1"))
    assert hooks.api.post(hooks.path("crm", "test")).json()["status"] == 204


def test_http_needs_the_operators_permission(start_server, flags, receive):
    receiver = receive(secure=False)
    with Api(start_server(*flags, "--webhook-allow-http")) as api:
        hooks = Hooks(api, Talk(api))
        hooks.put(receiver.url())
        hooks.talk.say("in the clear")

        assert receiver.wait_for(1)[0].message["text"] == "in the clear"


@pytest.fixture
def receive_raw():
    made = []

    def start(*args, **more):
        made.append(RawReceiver(*args, **more))
        return made[-1]

    yield start
    for receiver in made:
        receiver.close()


@pytest.fixture
def open_hooks(start_server, flags):
    with Api(start_server(*flags, "--webhook-allow-http", "--webhook-timeout", "3s")) as api:
        yield Hooks(api, Talk(api))


DELIVERED = {
    "no reason": b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
    "line feeds": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "length and chunks": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked"
                         b"\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    "long header": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    "no fields": b"HTTP/1.1 204\r\nno colon\r\n\x00: \xff\r\n: :\r\n\r\n",
    "broken chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok",
    "short body": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok",
    "status line": b"HTTP/1.1 200 OK\r\n",
    "status alone": b"HTTP/1.1 200",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n",
    "interim": b"HTTP/1.1 100 Continue\r\n\r\n" * 9 + b"HTTP/1.1 202 Accepted\r\n\r\n",
}


@pytest.mark.parametrize("kind", DELIVERED)
@pytest.mark.parametrize("more", [{}, {"holds": True}, {"hasty": True}], ids=str)
def test_a_status_that_can_be_read_decides(open_hooks, receive_raw, kind, more):
    receiver = receive_raw(DELIVERED[kind], **more)
    open_hooks.put(receiver.url())
    open_hooks.talk.say("x" * 60_000)

    nothing_waits(open_hooks)

    assert open_hooks.deliveries("dead") == []
    assert receiver.count == 1


@pytest.mark.parametrize("answer", [
    b"", b"HTTP/1.1 2", b"200 OK\r\n\r\n", b"<html>ok</html>", b"HTTP/0.9 200 OK\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200\r\n",
    b"HTTP/1.1 2000 OK\r\n\r\n",
])
def test_what_says_no_status_of_success_is_a_failure(open_hooks, receive_raw, answer):
    receiver = receive_raw(answer)
    open_hooks.put(receiver.url())
    open_hooks.talk.say()

    assert dead(open_hooks, 1)[0]["tries"] == 4
    assert receiver.count == 4


def test_a_broken_answer_still_says_when_to_come_back(open_hooks, receive_raw):
    receiver = receive_raw(b"HTTP/1.1 503\nno colon\nRetry-After: 600\nContent-Length: x\n\nzz")
    open_hooks.put(receiver.url())
    open_hooks.talk.say()

    eventually(lambda: open_hooks.deliveries("pending")[0].get("lastTry"), "it was tried")
    time.sleep(1.0)  # Without the field, the next attempts come within 0.7 s.
    assert receiver.count == 1


def test_a_killed_server_loses_nothing(new_database, start_server, flags, receive):
    database = new_database()
    flags = (*flags, "--webhook-timeout", "500ms", "--webhook-grace", "1s")
    release = threading.Event()
    receiver = receive(lambda got: release.wait(20) and 204)
    server = start_server(*flags, database=database)
    with Api(server) as api:
        hooks = Hooks(api, Talk(api))
        hooks.put(receiver.url())
        for number in range(20):
            hooks.talk.say(f"{number}")
        receiver.wait_for(1)
    server.kill()
    release.set()

    with Api(start_server(*flags, database=database)) as api:
        hooks.api = api
        # The killed server's leases end a second after the time limit of an attempt.
        eventually(lambda: len(set(receiver.texts())) == 20, "all arrived")
        nothing_waits(hooks)
    seen = list(dict.fromkeys(receiver.texts()))
    assert seen == [f"{number}" for number in range(20)]
    assert receiver.texts().count("0") >= 2


def test_deliveries_of_a_killed_server_are_finished_by_another(
        new_database, start_server, flags, receive):
    database = new_database()
    flags = (*flags, "--webhook-timeout", "500ms", "--webhook-grace", "1s")
    receiver = receive()
    lost = start_server(*flags, database=database)
    with Api(start_server(*flags, database=database)) as api, Api(lost) as other:
        hooks = Hooks(api, Talk(api))
        hooks.put(receiver.url())
        talks = [new_id() for _ in range(10)]
        for number in range(20):
            batch = [message(talk, hooks.talk.bot, new_id(), f"{number}") for talk in talks]
            assert (other if number % 2 else api).post("/messages", json=batch).status_code == 201
        receiver.wait_for(10)
        lost.kill()

        nothing_waits(hooks)
        by_talk = collections.defaultdict(dict)
        for got in receiver.all():
            by_talk[got.message["conversationId"]].setdefault(got.message["text"])
        for talk in talks:
            assert list(by_talk[talk]) == [f"{number}" for number in range(20)]


def test_every_message_has_its_delivery_whenever_a_server_is_killed(
        new_database, start_server):
    database, bot = new_database(), new_id()
    for _ in range(3):
        server = start_server(database=database)
        with Api(server) as api:
            if api.post("/bots", json={"id": bot, "name": "Aureo"}).status_code == 201:
                body = {"url": "https://hooks.invalid/", "events": ["message.outbound"]}
                assert api.put(f"/bots/{bot}/webhooks/crm", json=body).status_code == 201
            acknowledged = Latch(40)
            writers = [threading.Thread(target=write_until_killed, args=(server, bot, acknowledged))
                       for _ in range(4)]
            for writer in writers:
                writer.start()
            eventually(acknowledged.is_open, "some are acknowledged")
            server.kill()
            for writer in writers:
                writer.join()

    with Api(start_server(database=database)) as api:
        stored = {one["id"] for one in api.listed(botId=bot)}
        queued = {one["messageId"] for one in
                  api.listed(f"/bots/{bot}/webhooks/crm/deliveries", status="pending")}
    assert len(stored) >= 120
    assert queued == stored
    checked = run("check", "--database", database)
    assert checked.returncode == 0, checked.stdout


def write_until_killed(server, bot, acknowledged):
    talk = new_id()
    with Api(server) as api:
        while True:
            try:
                answer = api.post("/messages", json=message(talk, bot, new_id()))
            except httpx.TransportError:
                return
            assert answer.status_code == 201
            acknowledged.count_down()


@pytest.mark.only("postgresql")
def test_servers_share_the_work(new_database, start_server, flags, receive):
    database = new_database()
    receiver = receive()
    servers = [start_server(*flags, database=database) for _ in range(2)]
    with Api(servers[0]) as left, Api(servers[1]) as right:
        hooks = Hooks(left, Talk(left))
        hooks.put(receiver.url())
        talks = [new_id() for _ in range(10)]

        def write(api, mine):
            for number in range(15):
                batch = [message(talk, hooks.talk.bot, new_id(), f"{number}") for talk in mine]
                assert api.post("/messages", json=batch).status_code == 201

        threads = [threading.Thread(target=write, args=(api, talks[at::2]))
                   for at, api in enumerate((left, right))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        receiver.wait_for(150, seconds=60)
        nothing_waits(hooks)

        by_talk = collections.defaultdict(list)
        for got in receiver.all():
            by_talk[got.message["conversationId"]].append(got.message["text"])
        assert len(receiver.all()) == 150
        for talk in talks:
            assert by_talk[talk] == [f"{number}" for number in range(15)]

        def sent_by(api):
            lines = api.get("/metrics").text.splitlines()
            name = 'botapi_webhook_attempts_total{outcome="delivered"} '
            return sum(float(line[len(name):]) for line in lines if line.startswith(name))

        assert sent_by(left) + sent_by(right) == 150
        assert min(sent_by(left), sent_by(right)) > 0


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("skew", ["+60s", "-60s"])
def test_servers_whose_clocks_differ_send_nothing_twice(
        new_database, start_server, flags, receive, skew):
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        pytest.skip("faketime is not installed: clocks that differ are NOT tested here")
    wrong = {"LD_PRELOAD": str(library), "FAKETIME": skew, "DONT_FAKE_MONOTONIC": "1",
             "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    database, flags = new_database(), (*flags, "--webhook-allow-http")
    seen, under_way, doubled = collections.Counter(), set(), []

    def answer(got):
        if got.id in under_way:
            doubled.append(got.id)
        under_way.add(got.id)
        seen[got.id] += 1
        status = 500 if seen[got.id] == 1 else 204
        time.sleep(1.5)  # Time enough for the other server to believe that the lease is over.
        under_way.discard(got.id)
        return status

    receiver = receive(answer, secure=False)
    with (Api(start_server(*flags, database=database)) as right,
          Api(start_server(*flags, database=database, environment=wrong)) as other):
        hooks = Hooks(right, Talk(right))
        hooks.put(receiver.url())
        for number in range(10):
            (right, other)[number % 2].say(new_id(), hooks.talk.bot, new_id(), text=f"{number}")

        receiver.wait_for(20)
        nothing_waits(hooks)

    assert doubled == []
    assert list(seen.values()) == [2] * 10


def test_a_stopping_server_finishes_what_is_under_way(new_database, start_server, flags, receive):
    database = new_database()
    arrived = threading.Event()
    release = threading.Event()

    def answer(_):
        arrived.set()
        release.wait(20)
        return 204

    receiver = receive(answer)
    server = start_server(*flags, database=database)
    with Api(server) as api:
        hooks = Hooks(api, Talk(api))
        hooks.put(receiver.url())
        hooks.talk.say()
        assert arrived.wait(20)
    server.expected_to_live = False
    server.process.terminate()
    eventually(lambda: "stopping" in server.text(), "it is stopping")
    release.set()
    assert server.process.wait(20) == 0

    with Api(start_server(*flags, database=database)) as api:
        hooks.api = api
        assert hooks.deliveries("pending") == []
    assert len(receiver.all()) == 1


def test_logs_have_failures_but_no_secrets(hooks, receive):
    receiver = receive(lambda got: 500)
    secret = hooks.put(receiver.url("/path-token"))["secrets"][0]
    hooks.talk.say("a private word")
    dead(hooks, 1)

    reply = hooks.api.server.text()

    assert "a delivery to a webhook was given up" in reply
    assert hooks.talk.bot in reply
    for hidden in (secret, "a private word", "path-token"):
        assert hidden not in reply


def test_an_unknown_delivery_is_not_found(hooks, receive):
    hooks.put(receive().url())
    answer = hooks.api.post(hooks.path("crm", "deliveries", "msg_0", "redeliver"))
    assert_problem(answer, 404, "not-found")


@pytest.mark.only("postgresql")
def test_a_replay_from_cursor_to_cursor_leaves_nothing_out_while_many_write(pair):
    left, right = pair
    hooks = Hooks(left, Talk(left))
    hooks.put("https://hooks.invalid/", enabled=False)
    count = 60

    def write(api):
        for _ in range(count):
            batch = [message(new_id(), hooks.talk.bot, new_id()) for _ in range(5)]
            assert api.post("/messages", json=batch).status_code == 201

    writers = [threading.Thread(target=write, args=(Api(api.server),))
               for api in (left, right) for _ in range(4)]
    for writer in writers:
        writer.start()
    queued, place = 0, "start"
    while True:
        is_over = not any(writer.is_alive() for writer in writers)
        reply = left.post(hooks.path("crm", "replay"), json={"after": place}).json()
        queued, place = queued + reply["queued"], reply["cursor"]
        if is_over and reply["complete"]:
            break

    assert queued == len(writers) * count * 5
