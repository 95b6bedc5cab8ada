"""What no failover can help with: no standby is left, no etcd, or commits wait for nobody."""

import time

import pytest

from failover import need_network, play, scene  # noqa: F401
from kit import patroni as kit
from kit.wait import eventually
from traffic import Traffic

pytestmark = [
    pytest.mark.skipif(bool(kit.missing()), reason=f"not installed: {kit.missing()}"),
    pytest.mark.rounds(short=0, long=1),
]


def test_without_synchronous_standbys_a_cut_loses_messages_and_is_detected(
        scene, seed, figures):
    """The control: with the same tests, a cluster that is set up carelessly fails."""
    need_network(scene)
    scene.patroni.heal()
    scene.patroni.configure(synchronous_mode=False, synchronous_mode_strict=False)
    try:
        eventually(lambda: scene.patroni.sql("SHOW synchronous_standby_names").strip() == "",
                   "commits wait for nobody")
        counts, _, broken = play(scene, "cut off", False, f"{seed}.control")
    finally:
        scene.patroni.configure(synchronous_mode=True, synchronous_mode_strict=True)
        scene.patroni.heal()
    figures.update(counts)
    assert [one for one in broken if "acknowledged and missing" in one]


def test_without_standbys_nothing_is_acknowledged_until_one_is_back(scene, seed, figures):
    """The commits that wait meanwhile are acknowledged then, or in doubt."""
    scene.patroni.heal()
    traffic = Traffic(scene.cluster, scene.host, f"{seed}.standbys")
    with traffic.running():
        primary = scene.patroni.primary()
        standbys = [one for one in scene.patroni.members if one is not primary]
        for member in standbys:
            member.kill()
        time.sleep(1)  # Until the answers that were on their way are there.
        before = len(traffic.ledger.acknowledged)
        time.sleep(15)
        figures["acknowledged_without_standbys"] = len(traffic.ledger.acknowledged) - before
        figures["leads"] = str(primary.is_primary())
        figures["statuses"] = str(dict(traffic.ledger.statuses))
        for member in standbys:
            member.start()
        began = time.monotonic()
        traffic.go_on()
        figures["back_after_ms"] = int((time.monotonic() - began) * 1000)
        scene.patroni.heal()
    counts, broken = traffic.judge(scene.store)
    figures.update(counts)
    assert not broken, "\n".join(broken[:20])
    assert figures["acknowledged_without_standbys"] == 0


def test_without_etcd_the_primary_goes_on_as_long_as_all_members_are_there(
        scene, seed, figures):
    scene.patroni.heal()
    traffic = Traffic(scene.cluster, scene.host, f"{seed}.etcd")
    with traffic.running():
        primary = scene.patroni.primary()
        lost = next(one for one in scene.patroni.members if one is not primary)
        scene.patroni.etcd.kill()
        began = time.monotonic()
        while time.monotonic() < began + 15:
            traffic.go_on(20)
        figures["pause_ms_without_etcd"] = int(traffic.writers.longest_pause(began) * 1000)
        assert primary.is_primary()
        lost.kill()
        eventually(lambda: not primary.is_primary(), "the primary gives up its role", 60)
        figures["gave_up_after_ms"] = int((time.monotonic() - began - 15) * 1000)
        time.sleep(1)
        before = len(traffic.ledger.acknowledged)
        time.sleep(5)
        figures["acknowledged_without_primary"] = len(traffic.ledger.acknowledged) - before
        scene.patroni.etcd.start()
        began = time.monotonic()
        traffic.go_on()
        figures["back_after_ms"] = int((time.monotonic() - began) * 1000)
        lost.start()
        scene.patroni.heal()
    counts, broken = traffic.judge(scene.store)
    figures.update(counts)
    assert not broken, "\n".join(broken[:20])
    assert figures["acknowledged_without_primary"] == 0
