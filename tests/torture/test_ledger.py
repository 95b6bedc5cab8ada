"""The ledger itself: what it has to find, it finds."""

import copy

import pytest

from kit.api import message, new_id
from ledger import Ledger

DAMAGES = {
    "missing": lambda stored: stored.pop(),
    "stored 2 times": lambda stored: stored.append(stored[0]),
    "refused and stored": lambda stored: stored.append(stored[0] | {"text": "refused"}),
    "never sent": lambda stored: stored.append(stored[0] | {"text": "a stranger"}),
    "acknowledged as": lambda stored: stored[0].update({"to": new_id()}),
    "in part": lambda stored: stored.append(stored[0] | {"text": "left"}),
}


@pytest.fixture
def kept():
    ledger = Ledger(new_id(), [new_id()])
    stored = [message(ledger.conversations[0], ledger.bot, new_id(), text) for text in "ab"]
    ledger.note(["a", "b"], "acknowledged", copy.deepcopy(stored))
    ledger.note(["refused"], "refused")
    ledger.groups.append(["left", "right"])
    ledger.note(["left", "right"], "unknown")
    return ledger, stored


def test_a_sound_store_passes_the_check(kept):
    ledger, stored = kept

    assert not ledger.compare(stored)


@pytest.mark.parametrize("reply, damage", DAMAGES.items())
def test_a_broken_promise_is_detected(kept, reply, damage):
    ledger, stored = kept

    damage(stored)

    assert [one for one in ledger.compare(stored) if reply in one]


def test_a_refusal_does_not_resolve_an_unknown_outcome_but_an_answer_does():
    ledger = Ledger(new_id(), [])
    ledger.note(["a"], "unknown")
    ledger.note(["a"], "refused")
    assert (ledger.unknown, ledger.refused) == ({"a"}, set())
    ledger.note(["a"], "acknowledged", [{"text": "a"}])
    ledger.note(["a"], "refused")
    assert (ledger.unknown, ledger.refused) == (set(), set())


def test_answers_after_the_ledger_closed_stay_unknown():
    ledger = Ledger(new_id(), [])
    ledger.note(["before"], "acknowledged", [{"text": "before"}])
    ledger.close()
    ledger.note(["told"], "acknowledged", [{"text": "told"}])
    ledger.note(["denied"], "refused")
    ledger.reopen()
    ledger.note(["told"], "acknowledged", [{"text": "told"}], asked=1)
    ledger.note(["late"], "acknowledged", [{"text": "late"}], asked=0)
    ledger.note(["after"], "acknowledged", [{"text": "after"}], asked=1)

    assert set(ledger.acknowledged) == {"before", "after"}
    assert (ledger.unknown, ledger.refused) == ({"told", "denied", "late"}, set())
