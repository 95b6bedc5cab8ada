"""PostgreSQL is away for a while: refused at once, in bounded memory, and well again by itself.

The server does not wait for it here: tests/e2e/test_failover_wait.py.
"""

import os
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from disks import MIB
from kit.api import Api, assert_problem, message, new_id
from kit.wait import eventually

ANSWER_MAX = 2.0  # Seconds from a request to its 503, and from the return to the first 201.


class Prober:
    """Asks for everything again and again, and notes the slowest answer."""

    def __init__(self, session, conversation):
        self.session, self.conversation = session, conversation
        self.slowest, self.count, self.wrong = 0.0, 0, []
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def ask(self, api):
        sent = message(self.conversation, self.session.bot, new_id())
        yield "write", lambda: api.post("/messages", json=sent)
        yield "read", lambda: api.get(f"/messages?conversationId={self.conversation}")
        yield "bot", lambda: api.get(f"/bots/{self.session.bot}")
        yield "ready", lambda: api.get("/readyz")

    def work(self):
        with Api(self.session.server) as api:
            while not self.ending.is_set():
                for name, ask in self.ask(api):
                    began = time.monotonic()
                    try:
                        answer = ask()
                    except httpx.HTTPError as error:
                        self.wrong.append((name, repr(error)))
                        return
                    self.slowest = max(self.slowest, time.monotonic() - began)
                    self.count += 1
                    if answer.status_code != 503 or "retry-after" not in answer.headers:
                        self.wrong.append((name, answer.status_code, answer.text))
                if api.get("/healthz").status_code != 200:
                    self.wrong.append("healthz")

    def stop(self):
        self.ending.set()
        self.thread.join()


@contextmanager
def stopped(postgres):
    postgres.stop()
    try:
        yield
    finally:
        postgres.start()


@contextmanager
def hanging(postgres):
    """It takes connections and says nothing."""
    children = Path(f"/proc/{postgres.process.pid}/task/{postgres.process.pid}/children")
    processes = [postgres.process.pid, *map(int, children.read_text().split())]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


@pytest.fixture
def session(database, make_store, session_with):
    """A server that does not hold requests."""
    return session_with(make_store(database), ("--failover-wait", "0s"))


def survive(session, figures, rounds, outage, seconds):
    """Checks that an outage is reported within two seconds, and its end noticed within two."""
    for _ in range(rounds):
        with session.writing(count=16) as writers:
            ledger = writers.ledger
            before = session.server.memory()
            with outage(session.store.server):
                began = time.monotonic()
                # More than one, so that some need connections that were not needed before.
                probers = [Prober(session, new_id()) for _ in range(6)]
                # Nothing waits for these seconds to pass: they are what is tested.
                eventually(lambda: time.monotonic() - began > seconds, "the outage is over", 60)
                for prober in probers:
                    prober.stop()
                grown = session.server.memory() - before
                with Api(session.server) as api:
                    assert_problem(api.get("/readyz"), 503, "unavailable", naming="can't be reached")
            returned = time.monotonic()
            known = len(ledger.acknowledged)
            eventually(lambda: len(ledger.acknowledged) > known, "messages are taken")
            recovery = time.monotonic() - returned
        session.verify(ledger)
        for prober in probers:
            assert not prober.wrong, prober.wrong[:5]
            figures["probes"] += prober.count
            figures["slowest_503_ms"] = max(figures["slowest_503_ms"], int(prober.slowest * 1000))
        figures["recovery_ms"] = max(figures["recovery_ms"], int(recovery * 1000))
        figures["grown_kib"] = max(figures["grown_kib"], grown // 1024)
    session.verify_store()
    assert figures["slowest_503_ms"] <= ANSWER_MAX * 1000
    assert figures["recovery_ms"] <= ANSWER_MAX * 1000
    assert figures["grown_kib"] * 1024 < 64 * MIB


@pytest.mark.only("postgresql")
@pytest.mark.rounds(short=1, long=3)
def test_a_stopped_database_is_reported_within_two_seconds_and_used_again_within_two(
        session, figures, rounds, is_long):
    survive(session, figures, rounds, stopped, 30 if is_long else 4)


@pytest.mark.only("postgresql")
@pytest.mark.rounds(short=1, long=3)
def test_a_hanging_database_is_reported_within_two_seconds_and_used_again_within_two(
        session, figures, rounds, is_long):
    survive(session, figures, rounds, hanging, 20 if is_long else 6)
