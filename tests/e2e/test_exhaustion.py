"""The system has no more file descriptors or memory for the server."""

import json
import os
import resource
import threading
import time

import pytest

from kit.api import Api, Talk, new_id
from kit.raw import Raw
from kit.wait import crowd, eventually

pytestmark = pytest.mark.only("sqlite")

TICK = os.sysconf("SC_CLK_TCK")


def status_of(server, name):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as reply:
        return next(int(line.split()[1]) for line in reply if line.startswith(name)) * 1_024


def processor_seconds(server):
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as reply:
        fields = reply.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def open_files(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def limit(server, kind, soft):
    """Sets one of the running server's limits. Returns what it was."""
    before = resource.prlimit(server.process.pid, kind)
    resource.prlimit(server.process.pid, kind, (soft, before[1]))
    return before


def test_without_file_descriptors_the_server_waits_and_does_not_spin(start_server):
    server = start_server()
    with Api(server) as api:
        talk = Talk(api)
        before = limit(server, resource.RLIMIT_NOFILE, open_files(server) + 3)
        visitors = [Raw(server) for _ in range(10)]
        eventually(lambda: any(event["event"] == "connections can't be accepted"
                               for event in server.events()), "it is told")

        begun, spent = time.monotonic(), processor_seconds(server)
        while time.monotonic() - begun < 1:
            talk.say()  # Connected clients are served as before.
            time.sleep(0.05)
        assert processor_seconds(server) - spent < 0.5

        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, before)
        freed = time.monotonic()
        for raw in visitors:
            raw.ask("GET", "/healthz")
            assert raw.answer().status_code == 200
            raw.socket.close()
        assert time.monotonic() - freed < 1
        reply = [event for event in server.events()
                if event["event"] == "connections can't be accepted"]
        assert len(reply) == 1


@pytest.mark.expects_5xx
def test_without_memory_nothing_acknowledged_is_lost(start_server, new_database):
    database = new_database()
    server = start_server("--page-cache-size", "0", database=database)
    with Api(server) as api:
        talk = Talk(api)
    server.expected_to_live = False  # It may die, but not lie.
    limit(server, resource.RLIMIT_AS, status_of(server, "VmSize") + 24 * 2**20)
    acknowledged, lock = [], threading.Lock()

    def press(number):
        """Large messages, each of which takes some MiB while it is stored."""
        for at in range(15):
            wanted = [talk.message("x" * 60_000, id=new_id()) for _ in range(15)]
            try:
                with Raw(server, timeout=20) as raw:
                    raw.ask("POST", "/messages", json.dumps(wanted).encode(),
                            Content_Type="application/json")
                    answer = raw.answer()
            except (OSError, EOFError):
                if not server.is_alive():
                    return
                continue
            assert answer.status_code in (201, 500, 503, 507), (number, at, answer.text)
            if answer.status_code == 201:
                with lock:
                    acknowledged.extend(one["id"] for one in wanted)

    crowd(24, press)
    server.kill()

    with Api(start_server(database=database)) as api:
        listed = [message["id"] for message in api.listed(conversationId=talk.conversation)]
    assert acknowledged
    assert set(acknowledged) <= set(listed)
    assert len(listed) == len(set(listed))
