"""Crowds of slow and of idle connections; `./dev bench --crowd` has larger ones."""

import pytest

from kit.api import Api, Talk
from kit.crowd import Crowd, allow_files, probe, say_at_length
from kit.raw import Raw
from kit.wait import crowd, eventually

pytestmark = pytest.mark.only("sqlite")

SLOW = 1_000


def test_slow_clients_are_disconnected_and_others_are_served(start_server):
    server = start_server("--header-timeout", "1s", "--body-timeout", "1s", "--write-timeout", "1s")
    with Api(server) as api:
        path = say_at_length(api, Talk(api), 50)
    allow_files(SLOW + 100)
    slow = Crowd(server, SLOW, path, arrivals=10_000)

    try:
        # They share the processors with this test: how fast the others are served, and the slow ones
        # cut off, is measured elsewhere.
        crowd(2, lambda number: probe(server, "/healthz", 4) if number else slow.live(4))
        eventually(lambda: slow.live(0.5, refill=False) == 0, "all are cut off")
    finally:
        slow.close()

    assert slow.made >= SLOW and len(slow.cut_after) == slow.made


def test_idle_clients_cost_little(start_server):
    server = start_server()
    allow_files(SLOW + 100)

    def visit():
        raw = Raw(server)
        raw.ask("GET", "/healthz")
        assert raw.answer().status_code == 200
        return raw

    visitors = [visit() for _ in range(50)]
    before = server.memory()
    visitors += [visit() for _ in range(SLOW)]
    grown = server.memory() - before
    for raw in visitors:
        raw.socket.close()

    assert grown / SLOW < (25 if server.identity else 6) * 1_024
