"""Reports of imports: short ones, and clients that read only when they have sent all."""

import json
import socket
import time

import pytest

from kit.api import NDJSON, Api, Talk, assert_problem, new_id
from kit.raw import Raw
from kit.tls import Identity

BRIEF = NDJSON | {"Prefer": "return=minimal"}


def lines_of(talk, count, **more):
    return [json.dumps(talk.message(f"{number}", **more)) for number in range(count)]


def sums(stored=0, replayed=0, refused=0):
    return {"stored": stored, "replayed": replayed, "refused": refused}


def told(answer):
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.content.splitlines()]


def test_a_short_report_has_the_refused_lines_and_the_sums(talk):
    same = json.dumps(talk.message("again", id=new_id()))
    lines = [*lines_of(talk, 3), "", "{", same, same, json.dumps({"text": "x"}), *lines_of(talk, 2)]
    answer = talk.api.post("/messages", content="\n".join(lines), headers=BRIEF)

    report = told(answer)
    assert answer.headers["preference-applied"] == "return=minimal"
    assert [line["line"] for line in report[:-1]] == [5, 8]
    assert {line["status"] for line in report[:-1]} == {400}
    assert all(line["problem"]["type"] for line in report[:-1])
    assert report[-1] == sums(stored=6, replayed=1, refused=2)
    assert len(talk.listed()) == 6


@pytest.mark.parametrize("content, expected", [("", sums()), ("\n\n", sums()), ("x", sums(refused=1))])
def test_the_sums_are_always_there(api, content, expected):
    assert told(api.post("/messages", content=content, headers=BRIEF))[-1] == expected


@pytest.mark.parametrize("prefer, is_brief", [
    ("return=minimal", True), ("Return=Minimal", True), ('return="minimal"', True),
    ("respond-async, return=minimal; a=b", True), ("wait=10,return = minimal", True),
    ("return=representation", False), ("return=representation, return=minimal", False),
    ("return", False), ("x-return=minimal", False), ("minimal", False), ("", False)])
def test_other_preferences_change_nothing(talk, prefer, is_brief):
    answer = talk.api.post("/messages", content=lines_of(talk, 1)[0],
                           headers=NDJSON | {"Prefer": prefer})

    assert (answer.headers.get("preference-applied") == "return=minimal") == is_brief
    assert told(answer)[-1].get("stored" if is_brief else "status") == (1 if is_brief else 201)


class Deaf(Raw):
    """A client that does not read until it has sent all, and whose system reads little for it."""

    def __init__(self, server):
        super().__init__(server)
        self.socket.close()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(60)
        self.socket.connect((server.host, server.port))
        if server.trust:
            self.socket = server.trust.wrap_socket(self.socket, server_hostname=server.host)

    def send_import(self, body, **headers):
        self.ask("POST", "/messages", body, Content_Type="application/x-ndjson", **headers)


LONG = 80_000  # Lines whose report is larger than the buffers of both ends.


@pytest.fixture(params=["plain", "tls"], name="any_talk")
def _any_talk(request, talk, start_server, authority):
    """On a server that speaks TLS as well: nothing differs for clients."""
    if request.param == "plain":
        yield talk
        return
    with Api(start_server(identity=Identity(authority))) as api:
        yield Talk(api)


def test_a_client_may_read_when_it_has_sent_all(any_talk):
    talk = any_talk
    line = json.dumps(talk.message("x")) + "\n"
    with Deaf(talk.api.server) as raw:
        raw.send_import(line.encode() * LONG)
        time.sleep(1)
        answer = raw.answer()

    report = answer.content.splitlines()
    assert len(report) == LONG
    assert json.loads(report[-1])["line"] == LONG
    assert all(b'"status":201' in line for line in report)


def test_a_short_report_is_read_at_the_end(talk):
    line = json.dumps(talk.message("x")) + "\n"
    with Deaf(talk.api.server) as raw:
        raw.send_import(line.encode() * LONG, Prefer="return=minimal")
        answer = raw.answer()

    assert json.loads(answer.content) == sums(stored=LONG)


def test_a_client_that_waits_for_each_line_gets_it(any_talk):
    talk = any_talk
    line = (json.dumps(talk.message("x")) + "\n").encode()
    with Raw(talk.api.server) as raw:
        raw.ask("POST", "/messages", Content_Type="application/x-ndjson", Transfer_Encoding="chunked")
        for number in range(1, 20):
            raw.send_chunk(line)
            if number == 1:
                assert raw.head().status_code == 200
            assert json.loads(raw.chunk())["line"] == number
        raw.send(b"0\r\n\r\n")
        assert raw.chunk() == b""


def import_in_chunks(talk, lines, each):
    """How long an import takes with so many lines in each chunk."""
    chunks = [b"".join(lines[at:at + each]) for at in range(0, len(lines), each)]
    body = b"".join(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks)
    with Raw(talk.api.server) as raw:
        since = time.monotonic()
        raw.ask("POST", "/messages", Content_Type="application/x-ndjson",
                Transfer_Encoding="chunked", Prefer="return=minimal")
        raw.send(body, b"0\r\n\r\n")
        answer = raw.answer()
        passed = time.monotonic() - since
    assert json.loads(answer.content) == sums(stored=len(lines))
    return passed


def test_a_line_in_each_chunk_is_as_fast_as_a_hundred(talk):
    lines = [(json.dumps(talk.message("x")) + "\n").encode() for _ in range(20_000)]
    slow = min(import_in_chunks(talk, lines, 1) for _ in range(2))
    fast = min(import_in_chunks(talk, lines, 100) for _ in range(2))

    assert slow < 2 * fast + 0.2


@pytest.mark.expects_5xx
def test_unfinished_bodies_of_one_client_are_limited(start_server):
    """16 MiB for one client, whatever number of connections it has."""
    server = start_server("--body-timeout", "20s")
    part = b'{"text":"' + b"x" * 900_000
    connections = [Raw(server, timeout=20) for _ in range(24)]
    with Api(server) as api:
        talk = Talk(api)
        for raw in connections:
            raw.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                     "Content-Length: 1000000\r\n\r\n", part)
        time.sleep(1)
        refused = 0
        for raw in connections:
            raw.socket.settimeout(0.05)
            try:
                answer = raw.answer()
            except (TimeoutError, socket.timeout):
                continue
            assert_problem(answer, 503, "overloaded")
            assert answer.header("retry-after")
            refused += 1
        assert 4 <= refused < len(connections), "what is refused makes room for the others"
        assert api.post("/messages", json=talk.message()).status_code == 201
        for raw in connections:
            raw.socket.close()
