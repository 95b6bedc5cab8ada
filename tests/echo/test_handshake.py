"""RFC 6455 section 4.2: which requests become a WebSocket, and how the others are told."""

import json

import pytest
from wire import TEXT, Wire, frame, proof_of, random_key, request

GOOD = {
    "as usual": {},
    "Upgrade in capitals": {"Upgrade": "WebSocket"},
    "Upgrade among others": {"Upgrade": "h2c, websocket"},
    "Connection among others": {"Connection": "keep-alive, Upgrade"},
    "Connection in small letters": {"Connection": "upgrade"},
    "Connection in two fields": {"Connection": ["keep-alive", "Upgrade"]},
    "an origin": {"Origin": "https://example.org"},
    "a body of no bytes": {"Content-Length": "0"},
    "a header of no meaning": {"Sec-WebSocket-Foo": "bar"},
}
BAD = {  # Fields, and the status they get.
    "no Upgrade to websocket": ({"Upgrade": "h2c"}, 426),
    "no Connection": ({"Connection": None}, 426),
    "Connection without Upgrade": ({"Connection": "keep-alive"}, 426),
    "no version": ({"Sec-WebSocket-Version": None}, 426),
    "an old version": ({"Sec-WebSocket-Version": "8"}, 426),
    "a version to come": ({"Sec-WebSocket-Version": "14"}, 426),
    "a version that is none": ({"Sec-WebSocket-Version": "abc"}, 426),
    "two versions": ({"Sec-WebSocket-Version": ["13", "13"]}, 426),
    "no key": ({"Sec-WebSocket-Key": None}, 400),
    "an empty key": ({"Sec-WebSocket-Key": ""}, 400),
    "two keys": ({"Sec-WebSocket-Key": [random_key(), random_key()]}, 400),
    "a key of 15 bytes": ({"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAA"}, 400),
    "a key of 17 bytes": ({"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAAA="}, 400),
    "a key with bits to spare": ({"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZR=="}, 400),
    "a key that is no base64": ({"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub2!jZQ=="}, 400),
    "protocols that are no names": ({"Sec-WebSocket-Protocol": "a b"}, 400),
    "a body": ({"Content-Length": "2"}, 400),
    "a body in chunks": ({"Transfer-Encoding": "chunked"}, 400),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_handshake_is_accepted_with(address, name):
    key = random_key()
    hello = request(address, **{"Sec-WebSocket-Key": key, **GOOD[name]})

    with Wire(address, hello) as wire:
        assert wire.status == 101
        assert wire.field("Upgrade") == "websocket"
        assert wire.field("Connection") == "Upgrade"
        assert wire.field("Sec-WebSocket-Accept") == proof_of(key)
        assert wire.field("Sec-WebSocket-Protocol") is None
        assert wire.field("Content-Length") is None
        wire.send(frame(TEXT, b"open"))
        assert wire.receive() == ("text", b"open")


@pytest.mark.parametrize("name", BAD)
def test_a_handshake_is_refused_with(address, name):
    fields, status = BAD[name]

    with Wire(address, request(address, **fields)) as wire:
        problem = json.loads(wire.read(int(wire.field("Content-Length"))))

        assert (wire.status, problem["status"]) == (status, status)
        assert wire.field("Content-Type") == "application/problem+json"
        if status == 426:
            assert wire.field("Upgrade") == "websocket"
            assert "Upgrade" in wire.field("Connection")
        if "version" in name:
            assert wire.field("Sec-WebSocket-Version") == "13"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_handshake_with_another_method_is_refused(address, method):
    with Wire(address, request(address, method=method)) as wire:
        assert wire.status == 426


def test_http_1_0_has_no_websocket(address):
    with Wire(address, request(address, version="HTTP/1.0")) as wire:
        assert wire.status == 200
        assert b"Upgrade: websocket" not in wire.read_until(b"\r\n\r\n")


@pytest.mark.parametrize("offered, chosen", [
    ("echo", "echo"), ("other, echo", "echo"), (["other", "echo"], "echo"), ("other", None),
    ("Echo", None)])
def test_a_supported_subprotocol_is_chosen(address, offered, chosen):
    with Wire(address, request(address, Sec_WebSocket_Protocol=offered)) as wire:
        assert wire.status == 101
        assert wire.field("Sec-WebSocket-Protocol") == chosen


def test_the_connection_serves_requests_before_the_upgrade(address):
    plain = f"GET / HTTP/1.1\r\nHost: {address.host}\r\n\r\n".encode()
    with Wire(address, plain) as wire:
        wire.read(int(wire.field("Content-Length")))
        wire.send(request(address))

        assert wire.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")


def test_frames_may_follow_the_upgrade_at_once(address):
    with Wire(address, request(address) + frame(TEXT, b"early")) as wire:
        assert wire.receive() == ("text", b"early")


def test_a_request_is_echoed_as_it_was_parsed(address):
    hello = (b"POST /some?a=%20b HTTP/1.1\r\nHost: here\r\nX-One:  1 \r\nx-one: 2\r\n"
             b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
    with Wire(address, hello) as wire:
        reply = wire.read(int(wire.field("Content-Length")))

    assert reply == (b"POST /some?a=%20b\r\nHost: here\r\nX-One: 1\r\nx-one: 2\r\n"
                    b"Transfer-Encoding: chunked\r\n\r\nabcde")
