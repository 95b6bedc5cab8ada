"""slowhttptest, which attacks with connections that are slow in one way or another."""

import os
import subprocess
import time

import pytest

from kit.api import Talk

pytestmark = pytest.mark.only("sqlite")

CONNECTIONS = 200
FEW = 10  # What the attacker probes with, and we ask with.
LATE = 12  # Seconds since there were the most of them: 10, and what it takes to look.
ATTACKS = {
    "slow headers": ["-H", "-i", "2", "-x", "24"],
    "slow bodies": ["-B", "-i", "2", "-x", "24", "-s", "8192", "-t", "POST",
                    "-f", "application/json"],
    "slow readers": ["-X", "-w", "1", "-y", "32", "-n", "3", "-z", "4", "-k", "1"],
}


def open_files(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_server_stays_available_and_cuts_them_off(fresh, attack):
    talk = Talk(fresh)
    for _ in range(30):  # More than the system's buffers hold.
        talk.say("x" * 60_000)
    path = f"/messages?conversationId={talk.conversation}" if attack == "slow readers" else "/bots"
    usual = open_files(fresh.server)

    attacker = subprocess.Popen(
        ["slowhttptest", "-u", fresh.server.url + path, "-c", str(CONNECTIONS),
         "-r", str(CONNECTIONS), "-p", "3", "-l", "60", *ATTACKS[attack]],
        stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    begin = grown = time.monotonic()
    most = now = slowest = 0
    while (most < CONNECTIONS // 2 or now > FEW) and time.monotonic() < begin + 60:
        asked = time.monotonic()
        assert fresh.get("/bots?limit=1").status_code == 200
        slowest = max(slowest, time.monotonic() - asked)
        now = open_files(fresh.server) - usual
        if now > most:
            most, grown = now, time.monotonic()
        if now > FEW and time.monotonic() > grown + LATE:
            break
    attacker.kill()
    attacker.wait()

    assert most >= CONNECTIONS // 2
    assert now <= FEW, f"{now} of {most} are still there"
    assert slowest < 2
