"""Processes are killed in the middle of writing, as by `kill -9`."""

import os
import random
import signal
import time

import pytest

from kit.wait import eventually


def wait_a_little(rng, longest=0.15):
    """Chance decides where in the writing the break comes; nothing waits for this to be over."""
    time.sleep(rng.random() * longest)


@pytest.mark.rounds(short={"sqlite": 8, "postgresql": 4}, long={"sqlite": 1000, "postgresql": 200})
def test_acknowledged_messages_survive_a_killed_server(session, rounds, seed):
    rng = random.Random(seed)
    for number in range(rounds):
        with session.writing() as writers:
            wait_a_little(rng)
            session.server.kill()
        session.start()
        session.verify(writers.ledger)
        if number % 100 == 99:
            session.verify_store()
    session.verify_store()


def kill_backend(postgres, rng):
    """A backend of the program. After its death PostgreSQL ends all others, and recovers."""
    log = postgres.folder / "log"

    def count_crashes():
        return log.read_text("utf-8", "replace").count("all server processes terminated")

    before = count_crashes()
    found = postgres.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'botapi'")
    os.kill(int(rng.choice(found.split())), signal.SIGKILL)
    # Until the postmaster sees it, the other backends go on.
    eventually(lambda: count_crashes() > before, "PostgreSQL has noticed")


def kill_postmaster(postgres, _):
    postgres.process.kill()
    postgres.process.wait()
    # Its orphans end by themselves. Until then nobody else may open the data.
    postgres.start()


def restart_immediately(postgres, _):
    postgres.process.send_signal(signal.SIGQUIT)  # As `pg_ctl restart -m immediate` does.
    postgres.process.wait(30)
    postgres.start()


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("break_it", [kill_backend, kill_postmaster, restart_immediately])
@pytest.mark.rounds(short=1, long=50)
def test_acknowledged_messages_survive_a_killed_database(session, rounds, seed, break_it):
    rng = random.Random(seed)
    for _ in range(rounds):
        with session.writing() as writers:
            wait_a_little(rng)
            break_it(session.store.server, rng)
            before = len(writers.ledger.acknowledged)
            eventually(lambda: len(writers.ledger.acknowledged) > before, "messages are taken")
        session.verify(writers.ledger)
    session.verify_store()
