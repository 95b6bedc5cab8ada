"""Clients that send or take too slowly are cut off; the others are not."""

import json
import socket
import time
from contextlib import ExitStack

import pytest

from kit.api import Api, Talk, assert_problem
from kit.raw import Raw
from kit.wait import eventually

HEAD = ("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n")


def drip(raw, data, pause, until):
    """Sends byte by byte until `until`, or until the server has had enough. Returns how many."""
    sent = 0
    while sent < len(data) and time.monotonic() < until:
        try:
            raw.send(data[sent:sent + 1])
        except ConnectionError:
            break
        sent += 1
        raw.socket.settimeout(pause)
        try:
            if raw.fill():
                break
        except socket.timeout:
            pass
    raw.socket.settimeout(30)
    return sent


def test_a_slow_header_is_cut_off(start_server):
    with Raw(start_server("--header-timeout", "1s")) as raw:
        begun = time.monotonic()
        drip(raw, b"GET /bots HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 100, 0.05, begun + 10)
        assert_problem(raw.answer(), 408)
        assert 0.9 < time.monotonic() - begun < 3


def test_a_slow_body_is_cut_off(start_server):
    with Raw(start_server("--body-timeout", "1s", "--min-data-rate", "100")) as raw:
        begun = time.monotonic()
        raw.send(HEAD.format(10_000))
        drip(raw, b" " * 10_000, 0.05, begun + 10)
        assert_problem(raw.answer(), 408)
        assert 0.9 < time.monotonic() - begun < 4


def test_a_body_at_the_least_rate_is_read(start_server):
    server = start_server("--body-timeout", "1s", "--min-data-rate", "10")
    with Api(server) as api, Raw(server) as raw:
        talk = Talk(api)
        body = json.dumps(talk.message()).encode()
        raw.send(HEAD.format(len(body) + 40))
        assert drip(raw, b" " * 40, 0.05, time.monotonic() + 10) == 40
        raw.send(body)
        assert raw.answer().status_code == 201


def test_without_a_minimum_rate_every_rate_is_accepted(start_server):
    server = start_server("--body-timeout", "1s", "--min-data-rate", "0")
    with Api(server) as api, Raw(server) as raw:
        body = json.dumps(Talk(api).message()).encode()
        raw.send(HEAD.format(len(body) + 6))
        assert drip(raw, b" " * 6, 0.4, time.monotonic() + 10) == 6
        raw.send(body)
        assert raw.answer().status_code == 201


@pytest.fixture(name="long_talk")
def _long_talk():
    """A server that demands 100 KiB a second, and a conversation of 16 MiB on it."""

    def make(server):
        with Api(server) as api:
            talk = Talk(api)
            for _ in range(4):
                lines = [json.dumps(talk.message("x" * 60_000)) for _ in range(70)]
                answer = api.post("/messages", content="\n".join(lines) + "\n",
                                  headers={"Content-Type": "application/x-ndjson"})
                assert answer.status_code == 200
            return f"/messages?conversationId={talk.conversation}"

    return make


def small_reader(server, room=262_144):
    """A connection whose system takes little that the program has not read."""
    raw = Raw.__new__(Raw)
    raw.server, raw.buffer, raw.socket = server, b"", socket.socket()
    raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    raw.socket.settimeout(30)
    raw.socket.connect((server.host, server.port))
    if server.trust:
        raw.socket = server.trust.wrap_socket(raw.socket, server_hostname=server.host)
    return raw


def test_a_client_that_reads_nothing_is_disconnected(start_server, long_talk):
    server = start_server("--write-timeout", "1s")
    path = long_talk(server)
    with small_reader(server) as raw, Api(server) as api:
        raw.ask("GET", path)
        eventually(lambda: connections(api) == 2, "the connection is there")
        eventually(lambda: connections(api) == 1, "the connection is cut off", 10)


def test_a_client_that_reads_nothing_costs_little_memory(start_server, long_talk):
    server = start_server()
    path = long_talk(server)
    count = 100
    with ExitStack() as open_ones:
        takers = [open_ones.enter_context(small_reader(server, room=4_096)) for _ in range(count)]
        before = server.memory()
        for raw in takers:
            raw.ask("GET", path)
        for raw in takers:
            assert raw.socket.recv(1) == b"H"
        time.sleep(2)  # For a server that reads on, and finds room for it somewhere.
        assert (server.memory() - before) / count < 400 * 1024


def test_a_client_that_reads_too_slowly_is_disconnected(start_server, long_talk):
    server = start_server("--write-timeout", "1s", "--min-data-rate", "100KiB")
    path = long_talk(server)
    with small_reader(server) as raw, Api(server) as api:
        raw.ask("GET", path)
        eventually(lambda: connections(api) == 2, "the connection is there")
        begun = time.monotonic()
        while connections(api) == 2:
            assert time.monotonic() - begun < 15
            raw.socket.recv(1_024)
            time.sleep(0.05)


def test_a_client_that_reads_slowly_but_fast_enough_gets_everything(start_server, long_talk):
    server = start_server("--write-timeout", "1s", "--min-data-rate", "1KiB")
    path = long_talk(server)
    with small_reader(server) as raw:
        raw.ask("GET", path)
        begun = time.monotonic()
        while time.monotonic() - begun < 4:
            raw.buffer += raw.socket.recv(16_384)
            time.sleep(0.02)
        assert len(raw.answer().json()) == 280


def connections(api):
    lines = api.get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines
                if line.startswith("botapi_http_connections "))
