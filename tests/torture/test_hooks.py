"""Webhooks whose receivers hang, talk nonsense or break off, and servers whose clocks differ."""

import collections
import os
import time

import pytest

from kit.api import Api, Talk
from kit.receiver import Hooks, RawReceiver, Receiver
from kit.wait import eventually
from test_clocks import JumpingClock

FLAGS = ("--webhook-allow-http", "--webhook-allow-range", "127.0.0.0/8",
         "--webhook-retry", "100ms", "--webhook-retry", "200ms")
NONSENSE = {
    "bytes": os.urandom(2_000),
    "nothing": b"",
    "a half line": b"HTTP/1.1 2",
    "an endless line": b"HTTP/1.1 500 " + b"x" * 200_000,
    "an endless header": b"HTTP/1.1 500 No\r\n" + b"a: b\r\n" * 50_000,
    "another protocol": b"SSH-2.0-OpenSSH_9.2p1\r\n",
}


@pytest.fixture
def receivers():
    made = []

    def add(receiver):
        made.append(receiver)
        return receiver

    yield add
    for receiver in made:
        receiver.close()


def wait_for_texts(receiver, talk_texts, seconds=60):
    eventually(lambda: len(receiver.texts()) >= len(talk_texts), "all are delivered", seconds)


@pytest.mark.rounds(short=30, long=1_000)
def test_receivers_that_hang_or_talk_nonsense_take_nothing_from_others(
        database, make_store, launch, receivers, figures, rounds):
    server = launch(make_store(database).url, *FLAGS, "--webhook-timeout", "1s")
    with Api(server) as api:
        broken = [RawReceiver(answer) for answer in NONSENSE.values()]
        broken += [RawReceiver(b"", holds=True), RawReceiver(b"HTTP/1.1 200 OK\r\n", holds=True)]
        for number, receiver in enumerate(map(receivers, broken)):
            talk = Talk(api)
            Hooks(api, talk).put(receiver.url(), name=f"broken-{number}")
            for turn in range(5):
                talk.say(f"{turn}")
        well = receivers(Receiver())
        hooks = Hooks(api, Talk(api))
        hooks.put(well.url())
        sent = []
        for number in range(rounds):
            began = time.monotonic()
            hooks.talk.say(f"{number}")
            sent.append(f"{number}")
            wait_for_texts(well, sent)
            took = int((time.monotonic() - began) * 1000)
            figures["slowest_ms"] = max(figures["slowest_ms"], took)
        assert well.texts() == sent
        figures["broken_attempts"] = sum(receiver.count for receiver in broken)
        assert all(receiver.count for receiver in broken)
        assert server.is_alive()
        assert api.get("/readyz").status_code == 200
    assert figures["slowest_ms"] <= 2_000


# On SQLite the clock of the database is that of each process.
@pytest.mark.only("postgresql")
@pytest.mark.rounds(short=100, long=5_000)
def test_servers_whose_clocks_differ_by_two_minutes_deliver_each_message_once(
        database, make_store, launch, receivers, tmp_path, figures, rounds):
    store = make_store(database)
    servers = []
    for number, offset in enumerate(("-60s", "+60s")):
        folder = tmp_path / str(number)
        folder.mkdir()
        clock = JumpingClock(folder)
        clock.set(offset)
        environment = clock.environment | {"FAKETIME_NO_CACHE": "1"}
        servers.append(launch(store.url, *FLAGS, environment=environment))
    receiver = receivers(Receiver())
    with Api(servers[0]) as one, Api(servers[1]) as two:
        talks = [Talk(one) for _ in range(5)]
        for talk in talks:
            Hooks(one, talk).put(receiver.url())
        sent = []
        for number in range(rounds):
            talk = talks[number % len(talks)]
            api = (one, two)[number % 2]
            answer = api.post("/messages", json=talk.message(f"{number}"))
            assert answer.status_code == 201, answer.text
            sent.append(f"{number}")
        wait_for_texts(receiver, sent)
        for talk in talks:
            eventually(lambda h=Hooks(one, talk): not h.deliveries("pending"), "nothing is pending")
    counts = collections.Counter(receiver.texts())
    assert counts == collections.Counter(sent)
    figures["deliveries"] = sum(counts.values())
