"""Visitors of all kinds come and go for a long time: what the server holds does not grow."""

import http.client
import json
import os
import random
import threading
import time

import pytest

from disks import MIB
from kit.api import message, new_id
from kit.crowd import follow_by_events, follow_by_socket

VISITORS = 12
PAUSE = 0.05  # Seconds between two visits of one visitor.
SAMPLES = 200


class Visitor:
    """Does one thing after another, on connections that it keeps for a while."""

    def __init__(self, session, seed):
        self.session, self.rng = session, random.Random(seed)
        self.client = new_id()
        self.kinds = (self.say, self.say_nonsense, self.list, self.list_unchanged, self.export,
                      self.get, self.follow_by_events, self.follow_by_socket, self.leave)
        self.weights = (30, 5, 10, 10, 2, 10, 3, 3, 2)
        self.connection = None
        self.move()

    def move(self):
        """To a conversation of its own that is new, so that lists stay short."""
        self.conversation, self.said, self.tag = new_id(), [], None

    def ask(self, method, path, body=None, headers=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(*self.session.address(), timeout=30)
        self.connection.request(method, path, body, headers or {})
        answer = self.connection.getresponse()
        return answer, answer.read()

    def visit(self):
        self.rng.choices(self.kinds, self.weights)[0]()

    def say(self):
        text = new_id() + "x" * self.rng.randrange(2_000)
        sent = message(self.conversation, self.session.bot, self.client, text)
        answer, reply = self.ask("POST", "/messages", json.dumps(sent),
                                {"Content-Type": "application/json"})
        assert answer.status == 201, reply
        self.said.append(json.loads(reply)["id"])
        if len(self.said) == 50:
            self.move()

    def say_nonsense(self):
        answer, _ = self.ask("POST", "/messages", '{"text": ["' + "x" * self.rng.randrange(5_000),
                             {"Content-Type": "application/json"})
        assert answer.status == 400

    def list(self, headers=None, expected=200):
        answer, reply = self.ask("GET", f"/messages?conversationId={self.conversation}",
                                headers=headers)
        assert answer.status == expected, reply
        self.tag = answer.headers["ETag"]

    def list_unchanged(self):
        self.list()
        self.list({"If-None-Match": self.tag}, 304)

    def export(self):
        """A client that leaves in the middle of a request that is too large."""
        self.leave()
        self.connection = http.client.HTTPConnection(*self.session.address(), timeout=30)
        self.connection.request("GET", f"/messages?botId={self.session.bot}")
        self.connection.getresponse().read(100_000)
        self.leave()

    def get(self):
        if self.said:
            answer, reply = self.ask("GET", f"/messages/{self.rng.choice(self.said)}")
            assert answer.status == 200, reply

    def follow_by_events(self):
        follow_by_events(self.session.server.port, self.conversation).close()

    def follow_by_socket(self):
        follow_by_socket(self.session.server.port, self.conversation).close()

    def leave(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Visitors:
    """Threads of visitors, from `with` to its end."""

    def __init__(self, session, seed):
        self.visitors = [Visitor(session, f"{seed}.{number}") for number in range(VISITORS)]
        self.ending = threading.Event()
        self.visits, self.failures = 0, []
        self.threads = [threading.Thread(target=self.work, args=(one,)) for one in self.visitors]

    def work(self, visitor):
        while not self.ending.wait(PAUSE):
            try:
                visitor.visit()
                self.visits += 1  # Now and then one is not counted: no matter.
            except Exception as failure:  # pylint: disable=broad-exception-caught
                self.failures.append(repr(failure))
                return
        visitor.leave()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()


def held_by(server):
    """The resources of a server: bytes of memory, and open files."""
    return server.memory(), len(os.listdir(f"/proc/{server.process.pid}/fd"))


@pytest.mark.rounds(short=12, long=3600)
def test_the_memory_and_files_of_a_server_do_not_grow(
        database, make_store, session_with, figures, seed, rounds, is_long):
    """`rounds` are seconds. Compared are the second quarter of the time and the last."""
    figures["seconds"] = figures.pop("rounds")
    session = session_with(make_store(database), ("--page-cache-size", "4MiB"))
    samples = []
    with Visitors(session, seed) as visitors:
        began = time.monotonic()
        for number in range(SAMPLES):
            due = began + rounds * number / SAMPLES
            visitors.ending.wait(max(0.0, due - time.monotonic()))
            samples.append(held_by(session.server))
    assert not visitors.failures, visitors.failures[:5]
    session.verify_store()
    quarter = SAMPLES // 4
    for at, (what, may_grow) in enumerate((("memory", (4 if is_long else 16) * MIB), ("files", 8))):
        early = max(one[at] for one in samples[quarter:2 * quarter])
        late = max(one[at] for one in samples[-quarter:])
        figures[f"{what}_early"], figures[f"{what}_late"] = early, late
        assert late - early <= may_grow, samples
    figures["visits"] = visitors.visits
