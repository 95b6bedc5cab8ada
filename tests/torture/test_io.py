"""Every system call that reads or writes fails once, in a whole session on SQLite."""

import random
import shutil

import pytest

import preloaded
from kit.api import Api, assert_problem, message, new_id
from kit.wait import eventually
from ledger import Writer

FAULTS = [
    ("pwrite64", "EIO"), ("pwrite64", "ENOSPC"), ("fdatasync", "EIO"), ("fsync", "EIO"),
    ("openat", "EIO"), ("pread64", "EIO"), ("ftruncate", "EIO"), ("fcntl", "EIO"),
]


@pytest.fixture(autouse=True)
def strace():
    if not shutil.which("strace"):
        pytest.skip("strace is not installed: failing calls are NOT tested here")


@pytest.fixture
def session(database, make_store, session_with):
    """With one thread that writes, in which calls are counted."""
    return session_with(make_store(database), ("--db-connections", "1", "--threads", "1",
                                              "--request-timeout", "2s"))


def injecting(log, call, error, when):
    """The launcher of a server in each of whose threads the call number `when` fails."""
    return ("strace", "-D", "-f", "-q", "-o", log, "-e", f"trace={call}",
            "-e", f"inject={call}:error={error}:when={when}")


def play(session, ledger, **more):
    """The scripted session. A server that refuses to start, or ends, does no harm."""
    try:
        session.start(**more)
    except AssertionError:
        return
    writer = Writer(ledger, session.address, new_id())
    for _ in range(8):
        writer.send(writer.make())
    writer.close()
    if session.server.is_alive():
        session.server.stop()
    ledger.forgive_failures()


def steps(call, rounds, is_long, rng):
    """All numbers from 1, or some of those that a session reaches."""
    few = {"fdatasync": 8, "fsync": 3, "ftruncate": 2}.get(call, 60)
    return range(1, 10_000) if is_long else sorted(rng.sample(range(1, few + 1), rounds))


class Sweep:
    """A session for each number of a call: that one fails, and then all has to hold."""

    def __init__(self, session, figures, numbers, is_long):
        self.session, self.figures, self.is_long = session, figures, is_long
        self.numbers = numbers

    def run(self, setting_of, count_failures):
        """`setting_of` gives the arguments of a server in which that number fails."""
        session, ledger = self.session, self.session.new_ledger()
        session.server.stop()
        for number in self.numbers:
            play(session, ledger, **setting_of(number))
            failed = count_failures()
            self.figures["failures"] += failed
            session.start()
            session.verify(ledger)
            session.server.stop()
            if self.is_long and not failed:
                break  # No thread makes so many.
        session.verify_store()
        self.figures.update(ledger.figures())


@pytest.fixture
def sweep(session, figures, seed, rounds, is_long):
    def make(call):
        return Sweep(session, figures, steps(call, rounds, is_long, random.Random(seed)), is_long)

    return make


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("call, error", FAULTS)
@pytest.mark.rounds(short=2, long=0)
def test_a_call_that_fails_breaks_no_promise(database, sweep, tmp_path, call, error):
    log = tmp_path / "strace"
    sweep(call).run(
        lambda number: {"launcher": injecting(log, call, error, number)},
        lambda: log.read_text().count("(INJECTED)") if log.exists() else 0)


@pytest.mark.only("sqlite")
@pytest.mark.rounds(short=4, long=0)
def test_a_write_that_is_cut_short_breaks_no_promise(database, session, sweep, tmp_path):
    library = preloaded.build("short_write", tmp_path)
    sweep("pwrite64").run(
        lambda number: {"environment": {"LD_PRELOAD": library, "SHORT_WRITE_AT": str(number)}},
        lambda: session.server.text().count("a write was cut short"))


@pytest.mark.only("sqlite")
@pytest.mark.rounds(short=1, long=10)
def test_after_a_failed_fsync_nothing_is_acknowledged_until_a_restart(
        session, tmp_path, figures, rounds):
    session.server.stop()
    for _ in range(rounds):
        session.start(launcher=injecting(tmp_path / "strace", "fdatasync", "EIO", "3+"))
        ledger = session.new_ledger()
        writer = Writer(ledger, session.address, new_id())
        eventually(lambda: not writer.send(writer.make()), "an fsync fails")
        with Api(session.server) as api:
            for _ in range(5):
                sent = message(ledger.conversations[0], session.bot, new_id(), id=new_id())
                refused = api.post("/messages", json=sent)
                assert_problem(refused, 503, naming="until a restart")
                assert api.get(f"/messages/{sent['id']}").status_code == 404
            assert_problem(api.get("/readyz"), 503, naming="until a restart")
            assert api.get("/healthz").status_code == 200
            assert api.get(f"/bots/{session.bot}").status_code == 200
        assert "fsync failed: the server stops writing" in session.server.text()
        writer.close()
        session.server.kill()
        session.start()
        session.verify(ledger)
        session.server.stop()
        figures.update(ledger.figures())
