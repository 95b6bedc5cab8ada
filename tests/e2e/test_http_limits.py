"""Bodies, targets and headers that are too large are refused."""

import json
import threading

import pytest

from kit.api import Api, assert_problem, new_id
from kit.raw import Raw, once

MEGABYTE = 1_048_576


def padded(talk, size):
    """A message whose JSON has exactly `size` bytes."""
    body = json.dumps(talk.message()).encode()
    return body + b" " * (size - len(body))


def send_all(raw, data):
    """Sends in the background: the server may stop to listen in the middle."""

    def run():
        try:
            raw.send(data)
        except OSError:
            pass

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_body_of_one_megabyte_is_accepted(api, talk):
    answer = api.send_json("POST", "/messages", padded(talk, MEGABYTE))

    assert answer.status_code == 201
    assert talk.listed() == [answer.json()]


@pytest.mark.parametrize("size", [MEGABYTE + 1, 2 * MEGABYTE, 20 * MEGABYTE])
def test_a_larger_body_is_refused(api, talk, size):
    assert_problem(api.send_json("POST", "/messages", padded(talk, size)), 413)
    assert talk.listed() == []


@pytest.mark.parametrize("size", [MEGABYTE + 1, 20 * MEGABYTE])
def test_a_larger_body_without_a_length_is_refused(server, talk, size):
    body = padded(talk, size)
    parts = [body[at:at + 65536] for at in range(0, size, 65536)]
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    with Raw(server) as raw:
        raw.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n")
        sending = send_all(raw, chunked)
        assert_problem(raw.answer(), 413)
    sending.join()
    assert talk.listed() == []


def test_a_chunked_body_of_one_megabyte_is_accepted(server, talk):
    body = padded(talk, MEGABYTE)
    with Raw(server) as raw:
        raw.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n")
        for at in range(0, MEGABYTE, 100_000):
            raw.send_chunk(body[at:at + 100_000])
        raw.send("0\r\n\r\n")
        assert raw.answer().status_code == 201


def test_a_declared_length_past_the_limit_is_refused_before_the_body(server):
    with Raw(server, timeout=8) as raw:
        raw.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 f"Content-Length: {10 * MEGABYTE}\r\n\r\n")
        assert_problem(raw.answer(), 413)


@pytest.mark.parametrize("length", ["99999999999999999999999", "18446744073709551616", "-1", "abc",
                                    "0x10", "1e3", "+5", "5, 6"])
def test_a_senseless_length_is_refused(server, length):
    with Raw(server) as raw:
        raw.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 f"Content-Length: {length}\r\n\r\n")
        assert raw.answer().status_code in (400, 413)


def test_the_limit_of_bodies_can_be_set(start_server):
    with Api(start_server("--max-body-size", "2000")) as api:
        name = "x" * 200
        fits = '{"name":"%s"}' % name + " " * (2000 - len('{"name":""}') - 200)

        assert api.send_json("POST", "/bots", fits).status_code == 201
        assert_problem(api.send_json("POST", "/bots", fits + " "), 413)


@pytest.mark.parametrize("target", [
    "/" + "a" * 12_000, "/bots?" + "a" * 12_000, "/messages?conversationId=" + "a" * 12_000,
    "/messages?" + "&".join(f"a{number}=1" for number in range(1500)),
], ids=lambda target: target[:12])
def test_a_long_target_is_refused(server, target):
    assert_problem(once(server, "GET", target), 414)


@pytest.mark.parametrize("size", [100_000, 5_000_000])
def test_an_endless_target_is_refused(server, size):
    with Raw(server) as raw:
        sending = send_all(raw, b"GET /" + b"a" * size + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = raw.answer()
        assert_problem(answer, 431 if answer.status_code == 431 else 414)
    sending.join()


@pytest.mark.parametrize("fields", [
    "X-Long: " + "a" * 40_000 + "\r\n", "Accept: " + "a/b," * 10_000 + "c/d\r\n",
    "".join(f"X-Field-{number}: value\r\n" for number in range(3000)), "a" * 40_000 + ": 1\r\n",
    "Cookie: " + "a=b; " * 10_000 + "\r\n",
], ids=lambda fields: fields[:12])
def test_a_large_header_is_refused(server, fields):
    with Raw(server) as raw:
        sending = send_all(raw, f"GET /bots?limit=1 HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n")
        assert_problem(raw.answer(), 431)
    sending.join()


def test_an_ordinary_header_is_fine(server):
    fields = {f"X_Field_{number}": "a" * 100 for number in range(50)}

    assert once(server, "GET", "/bots?limit=1", **fields).status_code == 200


def test_the_server_still_works_after_oversized_requests(api):
    assert api.get(f"/messages?conversationId={new_id()}").json() == []
