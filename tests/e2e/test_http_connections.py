"""The behaviour of one connection."""

import json
import re

import pytest

from kit.api import assert_problem, new_id
from kit.raw import Raw, once


def post_text(talk, text="Oi!", **fields):
    """A whole request to store a message."""
    body = json.dumps(talk.message(text))
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return ("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"{more}Content-Length: {len(body)}\r\n\r\n{body}")


def test_a_connection_is_kept(server, talk):
    with Raw(server) as raw:
        for number in range(50):
            raw.send(post_text(talk, f"{number}"))
            assert raw.answer().status_code == 201
            raw.ask("GET", f"/bots/{talk.bot}")
            assert raw.answer().json()["id"] == talk.bot


@pytest.mark.parametrize("ask, status", [
    (("GET", "/nothing"), 404), (("GET", "/bots/x"), 400), (("DELETE", "/messages"), 405),
    (("POST", "/messages", b"{}"), 415), (("GET", "/messages"), 400),
])
def test_a_connection_survives_errors(server, talk, ask, status):
    with Raw(server) as raw:
        for _ in range(3):
            raw.ask(*ask)
            assert_problem(raw.answer(), status)
        raw.ask("GET", f"/bots/{talk.bot}")
        assert raw.answer().status_code == 200


def test_head_and_304_leave_no_body_behind(server, talk):
    with Raw(server) as raw:
        raw.ask("HEAD", f"/bots/{talk.bot}")
        tag = raw.answer(to="HEAD").header("etag")
        raw.ask("GET", f"/bots/{talk.bot}", If_None_Match=tag)
        assert raw.answer().status_code == 304
        raw.ask("HEAD", f"/messages?conversationId={talk.conversation}")
        assert raw.answer(to="HEAD").status_code == 200
        raw.ask("HEAD", "/nothing")
        assert raw.answer(to="HEAD").status_code == 404
        raw.ask("GET", f"/bots/{talk.bot}")
        assert raw.answer().json()["id"] == talk.bot


def test_pipelined_requests_are_answered_in_order(server, talk):
    with Raw(server) as raw:
        raw.send(*(post_text(talk, f"{number}") for number in range(20)))
        answers = [raw.answer() for _ in range(20)]

    assert [answer.status_code for answer in answers] == [201] * 20
    assert [answer.json()["text"] for answer in answers] == [f"{number}" for number in range(20)]
    assert [message["text"] for message in talk.listed()] == [f"{number}" for number in range(20)]


def test_pipelined_requests_see_the_effects_of_earlier_ones(server, talk):
    get = f"GET /messages?conversationId={talk.conversation} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with Raw(server) as raw:
        raw.send(get, post_text(talk, "1"), get, "GET /no HTTP/1.1\r\nHost: localhost\r\n\r\n",
                 post_text(talk, "2"), get)
        answers = [raw.answer() for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200, 201, 200, 404, 201, 200]
    assert [len(answers[at].json()) for at in (0, 2, 5)] == [0, 1, 2]


def test_connection_close_is_obeyed(server, talk):
    with Raw(server) as raw:
        raw.send(post_text(talk, Connection="close"))
        answer = raw.answer()
        assert answer.status_code == 201
        assert answer.header("connection").lower() == "close"
        assert raw.is_closed()


def test_http_1_0_is_understood(server, talk):
    with Raw(server) as raw:
        raw.ask("GET", f"/bots/{talk.bot}", version="HTTP/1.0")
        answer = raw.answer()
        assert (answer.status_code, answer.json()["id"]) == (200, talk.bot)
        assert answer.header("transfer-encoding") is None
        assert raw.is_closed()


def test_http_1_0_may_keep_the_connection(server, talk):
    with Raw(server) as raw:
        raw.ask("GET", f"/bots/{talk.bot}", version="HTTP/1.0", Connection="keep-alive")
        answer = raw.answer()
        assert answer.status_code == 200
        if answer.header("connection", "").lower() == "keep-alive":
            raw.ask("GET", f"/bots/{talk.bot}", version="HTTP/1.0")
            assert raw.answer().status_code == 200
        assert raw.is_closed()


def test_a_client_that_expects_100_continue_gets_it(server, talk):
    head, body = post_text(talk, Expect="100-continue").split("\r\n\r\n")
    with Raw(server) as raw:
        raw.send(head, "\r\n\r\n")
        assert raw.answer().status_code == 100
        raw.send(body)
        assert raw.answer().status_code == 201
        raw.send(post_text(talk, "next"))
        assert raw.answer().status_code == 201


@pytest.mark.parametrize("method, target, fields, status", [
    ("POST", "/messages", "Content-Type: application/json\r\nContent-Length: 9999999", 413),
    ("POST", "/nothing", "Content-Type: application/json\r\nContent-Length: 10", 404),
    ("DELETE", "/messages", "Content-Length: 10", 405),
    ("POST", "/messages", "Content-Type: text/plain\r\nContent-Length: 10", 415),
])
def test_a_client_that_expects_100_continue_may_be_refused(
        server, method, target, fields, status):
    with Raw(server) as raw:
        raw.send(f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n",
                 f"{fields}\r\n\r\n")
        answer = raw.answer()
        if answer.status_code == 100 and status != 413:
            raw.send("0123456789")
            answer = raw.answer()
        assert_problem(answer, status)


def test_a_request_may_arrive_byte_by_byte(server, talk):
    with Raw(server) as raw:
        for byte in post_text(talk, "slowly").encode():
            raw.send(bytes([byte]))
        assert (raw.answer().status_code, raw.buffer) == (201, b"")
    assert [message["text"] for message in talk.listed()] == ["slowly"]


def test_a_chunked_body_may_arrive_byte_by_byte(server, talk):
    body = json.dumps(talk.message("slowly")).encode()
    chunks = b"".join(b"1;a=b\r\n%c\r\n" % byte for byte in body) + b"0\r\nX-Trailer: x\r\n\r\n"
    with Raw(server) as raw:
        raw.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n")
        for byte in chunks:
            raw.send(bytes([byte]))
        assert raw.answer().status_code == 201
        raw.ask("GET", f"/bots/{talk.bot}")
        assert raw.answer().status_code == 200


def test_a_half_closed_connection_gets_its_answer(server, talk):
    with Raw(server) as raw:
        raw.send(post_text(talk))
        raw.socket.shutdown(1)
        assert raw.answer().status_code == 201


def test_a_request_id_is_kept(api):
    for path in ("/bots?limit=1", "/nothing", "/messages", "/healthz"):
        asked = f"request-{new_id()}"
        assert api.get(path, headers={"X-Request-Id": asked}).headers["x-request-id"] == asked


def test_a_request_id_is_made(api):
    paths = ("/bots?limit=1", "/nothing", "/docs")

    made = [api.get(path).headers["x-request-id"] for path in paths]

    assert len(set(made)) == 3
    assert all(re.fullmatch(r"[!-~]{8,}", one) for one in made)


@pytest.mark.parametrize("bad", [b"x" * 5000, b"caf\xe9", b"<script>\x01", b"a b\tc", b""])
def test_a_strange_request_id_does_no_harm(server, bad):
    with Raw(server) as raw:
        raw.send("GET /bots?limit=1 HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: ", bad, "\r\n\r\n")
        answer = raw.answer()
        assert answer.status_code in (200, 400)
        assert len(answer.header("x-request-id")) < 1000


@pytest.mark.parametrize("request_text", [
    "GET /bots?limit=1 HTTP/1.1\r\n\r\n",
    "GET /bots?limit=1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET /bots?limit=1 HTTP/1.1\r\nHost : x\r\n\r\n",
    "GET  /bots?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /bots?limit=1 HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n",
    "GET /bots?limit=1 HTTP/1.1\r\nHost: localhost\r\nX-A: a\x00b\r\n\r\n",
    "POST /bots HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n123456",
    "POST /bots HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "POST /bots HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET bots HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
], ids=lambda text: ascii(text[-28:]))
def test_bytes_that_are_not_http_are_refused_and_the_connection_closed(server, request_text):
    """RFC 9112 sections 2.2, 3, 3.2, 5 and 6.3: all of these are errors."""
    with Raw(server) as raw:
        raw.send(request_text.encode("latin-1"))
        raw.socket.shutdown(1)
        reply = raw.rest()
    assert reply.count(b"HTTP/1.1 ") <= 1
    if reply:
        assert re.match(rb"HTTP/1\.[01] (400|411|501) ", reply), reply


def test_another_version_of_http_is_refused(server):
    answer = once(server, "GET", "/bots", version="HTTP/3.7")
    assert answer.status_code in (400, 505)
    with Raw(server) as raw:
        raw.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        raw.socket.shutdown(1)
        assert b" 200 " not in raw.rest()


def test_an_unknown_coding_is_refused(server):
    answer = once(server, "POST", "/bots", Transfer_Encoding="gzip, chunked")
    assert answer.status_code in (400, 501)


@pytest.mark.parametrize("path", ["/bots?limit=1", "/bots/x", "/nothing", "/healthz", "/docs",
                                  "/openapi.json", "/problems/not-found"])
def test_answers_have_the_security_headers_for_browsers(api, path):
    headers = api.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
