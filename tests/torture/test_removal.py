"""The files of a database are removed under a server that works."""

import os
import time

import pytest

from kit.api import Api
from kit.wait import eventually


@pytest.mark.only("sqlite")
@pytest.mark.rounds(short=3, long=100)
def test_nothing_is_acknowledged_after_the_files_were_removed(session, figures, rounds):
    """Other names keep the files, so that what was acknowledged before can be found again."""
    kept = session.store.folder / "kept"
    kept.mkdir()
    for _ in range(rounds):
        with session.writing() as writers:
            ledger = writers.ledger
            for file in session.store.folder.glob("botapi.db*"):
                os.link(file, kept / file.name)
            for file in session.store.folder.glob("botapi.db*"):
                file.unlink()
            removed = time.monotonic()
            eventually(lambda: ledger.statuses[503] >= 20, "writes are refused")
            took = time.monotonic() - removed
            known = len(ledger.acknowledged)
            with Api(session.server) as api:
                assert api.get("/readyz").status_code == 503
                assert api.get("/healthz").status_code == 200
            refused = ledger.statuses[503]
            eventually(lambda: ledger.statuses[503] >= refused + 50, "more are refused")
            assert len(ledger.acknowledged) == known
        session.server.kill()
        for file in session.store.folder.glob("botapi.db*"):
            file.unlink()
        for file in kept.glob("botapi.db*"):
            file.rename(session.store.folder / file.name)
        session.start()
        session.verify(ledger)
        figures["slowest_notice_ms"] = max(figures["slowest_notice_ms"], int(took * 1000))
    session.verify_store()
    assert figures["slowest_notice_ms"] <= 1_000
