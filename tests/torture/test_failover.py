"""The primary of three PostgreSQL under Patroni ends in five ways, at times with a server."""

import statistics

import pytest

from conftest import TABLES
from failover import KINDS, need_network, play, scene  # noqa: F401
from kit import patroni as kit

TITLE = "failovers: seconds are those without a successful write"
SHORT = ("postmaster killed", "switchover", "cut off")
# Whether a client that waits for 10 s and retries nothing may fail during a kill or a switchover.
# The server holds its requests (`--failover-wait`), but a rare one still fails.
MAY_FAIL = True

pytestmark = pytest.mark.skipif(bool(kit.missing()), reason=f"not installed: {kit.missing()}")


class Tally:
    """The sums of the rounds of a kind, as a row of the table."""

    def __init__(self):
        self.counts, self.pauses = {}, []

    def add(self, counts, pause):
        for name, number in counts.items():
            self.counts[name] = self.counts.get(name, 0) + number
        self.pauses.append(pause)

    def row(self, kind):
        count = self.counts.get
        return {
            "kind": kind, "rounds": len(self.pauses), "acknowledged": count("acknowledged"),
            "lost": count("lost"), "doubled": count("doubled"),
            "out of order": count("disorder"), "requests": count("requests"),
            "failed": count("failed"), "p50 s": f"{statistics.median(self.pauses):.1f}",
            "p95 s": f"{percentile(self.pauses, 0.95):.1f}", "max s": f"{max(self.pauses):.1f}",
        }


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@pytest.mark.parametrize("kind", [
    pytest.param(kind, marks=pytest.mark.rounds(short=int(kind in SHORT), long=30))
    for kind in KINDS])
def test_a_failover_loses_nothing(scene, kind, rounds, seed, figures):
    if kind == "cut off":
        need_network(scene)
    alone, together = Tally(), Tally()
    for number in range(rounds):
        kills_server = number % 3 == 1 or kind == "postmaster killed" and rounds == 1
        scene.patroni.heal()
        try:
            counts, pause, broken = play(scene, kind, kills_server, f"{seed}.{kind}.{number}")
        except AssertionError:
            print(scene.logs())
            raise
        (together if kills_server else alone).add(counts, pause)
        print(f"{kind}, {'a server, too, ' if kills_server else ''}{pause:.2f} s: {dict(counts)}")
        figures.update(counts)
        rows = [one.row(kind + more) for one, more in ((alone, ""), (together, " and a server"))
                if one.pauses]
        TABLES.setdefault(TITLE, {})[kind] = rows
        assert not broken, "\n".join([*broken[:20], scene.logs()])
    figures["members_made_anew"] = scene.patroni.remade
    broken = scene.store.broken_rules()
    assert not broken, "\n".join(broken)
    if kind == "cut off" and rounds > 3:  # A few times, all wait for others before they commit.
        assert figures["cut_off_in_doubt"], "no commit was waiting on the isolated primary"
    if not MAY_FAIL and kind in ("postmaster killed", "machine killed", "switchover"):
        assert alone.counts.get("failed", 0) == 0
