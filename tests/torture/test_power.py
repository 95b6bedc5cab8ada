"""Power loss: the file system stops in the middle of writing, and forgets what was not forced."""

import random
import shutil

import pytest

from test_kills import wait_a_little

# Every call that forces something to the disk does nothing, and says that it did.
LYING_DISK = ("strace", "-D", "-f", "-q", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
              "-e", "inject=fsync,fdatasync:retval=0")
WITHOUT_FORCE = {"sqlite": {}, "postgresql": {"fsync": "off"}}


def lose_power(session, place, ledger):
    """Cuts the power of the disk, and mounts it again.

    Without power nobody would be answered any more. The kernel lives on, and in the moment of the
    shutdown it may call an fsync done whose transaction it has thrown away.
    """
    ledger.close()
    place.cut_power()
    session.server.kill()
    session.store.crash()
    place.unmount()
    place.mount()


@pytest.mark.rounds(short={"sqlite": 2, "postgresql": 1}, long=200)
def test_acknowledged_messages_survive_a_power_loss(
        database, new_disk, session_on, seed, rounds):
    rng = random.Random(seed)
    place = new_disk()
    session = session_on(place)
    for _ in range(rounds):
        with session.writing() as writers:
            wait_a_little(rng)
            lose_power(session, place, writers.ledger)
        writers.ledger.forgive_failures()
        session.store.recover()
        session.start()
        session.verify(writers.ledger)
    session.verify_store()


@pytest.mark.rounds(short=1, long=20)
def test_a_database_without_fsync_is_detected_every_time(
        database, new_disk, session_on, figures, seed, rounds):
    if not shutil.which("strace"):
        pytest.skip("strace is not installed: the control of the power loss is NOT done here")
    rng = random.Random(seed)
    for _ in range(rounds):
        place = new_disk()
        session = session_on(place, **WITHOUT_FORCE[database])
        session.server.stop()
        session.start(launcher=LYING_DISK if database == "sqlite" else ())
        with session.writing() as writers:
            wait_a_little(rng)
            lose_power(session, place, writers.ledger)
        figures["caught"] += is_caught(session, writers.ledger)
    assert figures["caught"] == rounds


def is_caught(session, ledger):
    """Whether something is missing, or the database does not even start."""
    try:
        session.store.recover()
        session.start()
    except AssertionError:
        return True
    return any("acknowledged and missing" in one
               for one in ledger.compare(session.stored(ledger)))
