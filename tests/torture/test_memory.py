"""Memory runs out: once, at every allocation of a request; or for good, at a limit."""

import random
import resource
from pathlib import Path

import httpx
import pytest

import preloaded
from kit.api import Api, message, new_id
from kit.wait import crowd, eventually
from ledger import Writer

MIB = 1024 * 1024


@pytest.fixture(scope="session")
def failing_malloc(tmp_path_factory):
    return preloaded.build("failing_malloc", tmp_path_factory.mktemp("library"))


def is_over(session):
    """Whether the server is well again, or has ended."""
    try:
        with Api(session.server) as api:
            return api.get("/readyz").status_code == 200
    except httpx.TransportError:
        return not session.server.is_alive()


@pytest.mark.rounds(short=199, long=1)
def test_an_allocation_that_fails_breaks_no_promise(
        session, failing_malloc, tmp_path, figures, seed, rounds):
    """`rounds` is the step from one allocation to the next. After a failure the server may have
    refused something, or ended; it may not hang, nor have lied."""
    figures["step"] = figures.pop("rounds")
    armed, arming = tmp_path / "armed", tmp_path / "arming"
    environment = {"LD_PRELOAD": failing_malloc, "FAILING_MALLOC": str(armed)}
    session.server.stop()
    session.start(environment=environment)
    ledger = session.new_ledger()
    for at in range(random.Random(seed).randrange(rounds), 1_000_000, rounds):
        writer = Writer(ledger, session.address, f"{seed}.{at}")
        for _ in range(3):
            writer.send(writer.make())
        arming.write_text(str(at))
        arming.rename(armed)
        for _ in range(12):
            writer.send(writer.make())
        writer.close()
        has_failed = not armed.exists()
        armed.unlink(missing_ok=True)
        figures["failures"] += has_failed
        eventually(lambda: is_over(session), "it is well again, or has ended")
        if not session.server.is_alive():
            figures["ends"] += 1
            session.start(environment=environment)
        if not has_failed:
            break  # Beyond the last one.
    ledger.forgive_failures()
    session.server.stop()
    session.start()
    session.verify(ledger)
    session.verify_store()
    figures.update(ledger.figures())


def send_much(session):
    """A request of nearly a megabyte; what becomes of it is of no interest."""
    try:
        with Api(session.server) as api:
            for _ in range(4):
                api.post("/messages", json=[
                    message(new_id(), session.bot, new_id(), new_id() + "x" * 60_000)
                    for _ in range(15)])
    except httpx.HTTPError:
        return


@pytest.mark.rounds(short=1, long=10)
def test_a_server_at_its_limit_of_memory_breaks_no_promise(session, figures, rounds):
    """Whatever the server does at the limit, and be it to end: what it said is true."""
    for _ in range(rounds):
        with session.writing() as writers:
            ledger = writers.ledger
            used = int(Path(f"/proc/{session.server.process.pid}/statm").read_text().split()[0])
            limit = used * resource.getpagesize() + 2 * MIB
            resource.prlimit(session.server.process.pid, resource.RLIMIT_AS, (limit, limit))
            crowd(24, lambda _: send_much(session))
            figures["ends"] += not session.server.is_alive()
        ledger.forgive_failures()
        session.server.kill()
        session.start()
        session.verify(ledger)
    session.verify_store()
