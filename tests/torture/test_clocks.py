"""The clock of the machine jumps by a day, forward and back, while the server works."""

import itertools
import os
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest

from kit.api import Api, Talk
from kit.server import binary

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


class JumpingClock:
    """The time as the processes in the environment see it. It runs at the real speed."""

    def __init__(self, folder):
        if LIBRARY is None:
            pytest.skip("faketime is not installed: jumps of the clock are NOT tested here")
        self.file = folder / "faketime"
        self.jumps = 0
        self.set("+0d")
        self.environment = {
            "LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}

    def set(self, offset):
        fresh = self.file.with_suffix(".new")
        fresh.write_text(offset)
        fresh.rename(self.file)

    def jump_until(self, done):
        """Makes one jump after another."""
        for offset in itertools.cycle(("+1d", "-1d", "+0d")):
            self.set(offset)
            self.jumps += 1
            if done.wait(0.2):
                return


@pytest.mark.rounds(short=200_000, long=10_000_000)
def test_ids_grow_whatever_the_clock_does(tmp_path, figures, rounds):
    program = binary().parent / "draw_ids"
    if not program.is_file():
        pytest.skip(f"{program} is not built: the order of ids is NOT tested here")
    clock = JumpingClock(tmp_path)
    done = threading.Event()
    jumping = threading.Thread(target=clock.jump_until, args=(done,))
    jumping.start()
    try:
        environment = os.environ | clock.environment | {"FAKETIME_CACHE_DURATION": "1"}
        drawn = subprocess.run([program, str(rounds), "3"], env=environment, capture_output=True,
                               text=True, timeout=600, check=False)
    finally:
        done.set()
        jumping.join()
    assert drawn.returncode == 0, drawn.stdout + drawn.stderr
    figures["ids"], figures["jumps"] = map(int, re.findall(r"\d+", drawn.stdout))


@pytest.mark.rounds(short=3, long=20)
def test_a_jump_of_a_day_ends_no_request_and_no_connection(
        database, make_store, launch, tmp_path, figures, rounds):
    clock = JumpingClock(tmp_path)
    environment = clock.environment | {"FAKETIME_NO_CACHE": "1"}
    server = launch(make_store(database).url, environment=environment)
    with Api(server) as api:
        talk = Talk(api)
        messages = []
        for offset in itertools.islice(itertools.cycle(("+1d", "-1d", "+0d")), rounds):
            clock.set(offset)
            for _ in range(20):
                began = time.monotonic()
                messages.append(talk.say("Oi!"))
                assert talk.listed(limit=1)
                assert time.monotonic() - began < 2
        figures["messages"] = len(messages)
        days = {one["timestamp"][:10] for one in messages}
        assert len(days) >= 3, f"the clock did jump: {days}"
        assert [one["id"] for one in messages] == sorted(one["id"] for one in messages)
        assert "request-timeout" not in server.text()
