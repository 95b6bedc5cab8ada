"""A new server takes over from an old one without a failed request."""

import threading

from kit.api import Api, Talk
from kit.raw import Raw
from kit.server import run
from kit.visitor import Visitor
from kit.wait import eventually

RESTARTS = 10


def test_restarts_under_load_lose_no_request(start_server, new_database):
    database = new_database()
    server = start_server("--reuse-port", database=database)
    with Api(server) as api:
        talk = Talk(api)
    is_over = threading.Event()
    visitors = [Visitor(server, talk, is_over) for _ in range(8)]
    for visitor in visitors:
        visitor.start()
    try:
        for number in range(RESTARTS):
            seen = len(visitors[0].stored)
            following = start_server("--reuse-port", database=database, listen=server.address)
            assert server.stop() == 0
            server = following
            eventually(lambda: len(visitors[0].stored) > seen, f"work goes on after {number}")  # pylint: disable=cell-var-from-loop
    finally:
        is_over.set()
        for visitor in visitors:
            visitor.join()

    assert [visitor.refused for visitor in visitors] == [[]] * len(visitors)
    stored = [message for visitor in visitors for message in visitor.stored]
    with Api(server) as api:
        listed = [said["id"] for said in api.listed(conversationId=talk.conversation)]
    assert set(stored) <= set(listed)
    assert len(listed) == len(set(listed))


def test_a_new_connection_is_served_although_the_server_ends(start_server):
    server = start_server()
    connections = [Raw(server) for _ in range(20)]
    server.expected_to_live = False
    server.process.terminate()
    # Whether it has begun to end when it is asked: both are right.
    for raw in connections:
        raw.ask("GET", "/healthz")
    for raw in connections:
        with raw:
            assert raw.answer().status_code == 200
            assert raw.is_closed()
    assert server.process.wait(20) == 0


def test_a_port_is_shared_only_if_both_servers_allow_it(start_server, new_database):
    server = start_server()
    for flags in ((), ("--reuse-port",)):
        done = run("serve", "--listen", server.address, "--database", new_database(),
                   "--log-level", "off", *flags)
        assert done.returncode == 1
        assert "Address already in use" in done.stderr
