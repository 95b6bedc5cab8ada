"""The disk is full or read-only: writes are refused, reads work, and the server recovers."""

import time

import pytest

from disks import MIB
from kit.api import Api, assert_problem, message, new_id
from kit.wait import eventually


@pytest.mark.rounds(short=1, long=20)
def test_a_full_disk_refuses_writes_and_nothing_else(
        database, new_disk, session_on, figures, rounds):
    place = new_disk({"sqlite": 64 * MIB, "postgresql": 256 * MIB}[database])
    session = session_on(place)
    for _ in range(rounds):
        with session.writing() as writers:
            ledger = writers.ledger
            place.fill()
            eventually(lambda: ledger.statuses[507], "a write is refused", 60)
            assert session.stored(ledger), "reads go on"
            with Api(session.server) as api:
                assert api.get("/healthz").status_code == 200
                assert api.get("/readyz").status_code == 200
            before = len(ledger.acknowledged)
            place.empty()
            freed = time.monotonic()
            eventually(lambda: len(ledger.acknowledged) > before, "writes resume")
            took = time.monotonic() - freed
        session.verify(ledger)
        figures["slowest_resumption_ms"] = max(figures["slowest_resumption_ms"], int(took * 1000))
    session.verify_store()
    assert figures["slowest_resumption_ms"] <= 1000


@pytest.mark.rounds(short=1, long=20)
def test_a_disk_that_became_read_only_loses_nothing(
        database, new_disk, session_on, figures, rounds):
    place = new_disk()
    session = session_on(place)
    for _ in range(rounds):
        with session.writing() as writers:
            ledger = writers.ledger
            # Linux was seen to call an fdatasync done that was under way, and whose data is lost.
            ledger.close()
            place.turn_read_only()
            eventually(lambda: ledger.statuses[503], "a write is refused")
            ledger.reopen()
            with Api(session.server) as api:
                conversation = ledger.conversations[0]
                answer = api.post("/messages", json=message(conversation, session.bot, new_id()))
                assert_problem(answer, 503)
                assert "retry-after" in answer.headers
                assert api.get("/healthz").status_code == 200
            if database == "sqlite":
                assert session.stored(ledger), "reads go on"
        session.server.kill()
        session.store.crash()
        place.unmount()
        place.mount()
        session.store.recover()
        session.start()
        session.verify(ledger)
    session.verify_store()
