"""A new server takes over from an old one without a failed request."""

import http.client
import json
import threading

from kit.api import Api, Talk, new_id
from kit.raw import Raw
from kit.server import run
from kit.wait import eventually

RESTARTS = 10


class Visitor(threading.Thread):
    """Sends messages over a connection that it keeps, and tries each once more on a new one."""

    def __init__(self, server, talk, is_over):
        super().__init__()
        self.server, self.talk, self.is_over = server, talk, is_over
        self.connection = None
        self.stored, self.refused, self.retries = [], [], 0

    def run(self):
        while not self.is_over.is_set():
            wanted = self.talk.message(id=new_id())
            try:
                status = self.send(wanted)
            except (ConnectionError, http.client.HTTPException):
                self.retries += 1
                self.connection = None
                try:
                    status = self.send(wanted)
                except (ConnectionError, http.client.HTTPException) as failure:
                    self.refused.append(repr(failure))
                    self.connection = None
                    continue
            if status == 201:
                self.stored.append(wanted["id"])
            else:
                self.refused.append(status)

    def send(self, message):
        if not self.connection:
            self.connection = http.client.HTTPConnection(
                self.server.host, self.server.port, timeout=30)
        self.connection.request("POST", "/messages", json.dumps(message),
                                {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        answer.read()
        if answer.will_close:
            self.connection = None
        return answer.status


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
