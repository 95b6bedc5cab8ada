"""Followers of bots that read from standbys while writers store: none skipped, none doubled.

Each of four bots has a follower of another kind (kit.watchers). Six writers store arrays, each in
conversations with all bots. At the end the ids that the followers heard are compared with those
that the writers got.
"""

import http.client
import json
import multiprocessing
import random
import threading
import time
from types import SimpleNamespace

from data_set import bot_id, made_id
from kit.watchers import KINDS, Watcher
from machine import Spending
from pairs import TWO_SERVERS
from sites import reads_from_standbys

FORK = multiprocessing.get_context("fork")
WRITERS = 6
CONVERSATIONS = 8  # Of each writer with each bot.
ARRAY_SIZE = 20
PATIENCE = 60  # Seconds without a message, after which what is missing counts as skipped.


def write(number, ports, bots, count, stored, path):
    """Stores so many messages, and writes their ids to a file."""
    chance = random.Random(number)
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=60) for port in ports]
    with open(path, "w", encoding="ascii") as ids:
        for first in range(0, count, ARRAY_SIZE):
            bot = chance.randrange(len(bots))
            talk = (number * len(bots) + bot) * CONVERSATIONS + chance.randrange(CONVERSATIONS)
            array = [{"conversationId": made_id(9, talk), "from": bots[bot],
                      "to": made_id(10, talk), "text": f"{number}, {at}"}
                     for at in range(first, min(first + ARRAY_SIZE, count))]
            connection = chance.choice(connections)
            connection.request("POST", "/messages", json.dumps(array),
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            reply = json.loads(answer.read())
            if answer.status != 201:
                raise AssertionError(f"{answer.status}: {reply}")
            ids.writelines(one["id"] + "\n" for one in reply)
            with stored.get_lock():
                stored.value += len(reply)


class Follower(Watcher):
    """A watcher that counts in shared memory what it hears."""

    total = None

    def take(self, cursor, *messages):
        super().take(cursor, *messages)
        with self.total.get_lock():
            self.total.value += len(messages)


def follow(number, kind, bot, ports, done, heard, path):
    """Follows a bot until `done` is set, and writes the ids that it heard to a file."""
    scene = SimpleNamespace(addresses=[("127.0.0.1", port) for port in ports],
                            done=threading.Event())  # It is asked for each message.
    threading.Thread(target=lambda: done.wait() and scene.done.set(), daemon=True).start()
    follower = Follower(scene, number, ("botId", bot), kind)
    follower.total = heard
    follower.watch()
    path.write_text("".join(one + "\n" for one in follower.heard))


def new_bot(server, number):
    """The id of a bot that has no messages yet."""
    connection = http.client.HTTPConnection(server.host, server.port)
    connection.request("POST", "/bots", json.dumps({"id": bot_id(number), "name": f"{number}"}),
                       {"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    connection.close()
    return bot_id(number)


def start(work, *arguments):
    process = FORK.Process(target=work, args=arguments)
    process.start()
    return process


def wait_for(heard, stored, say):
    """Returns once all was heard, or nothing more comes."""
    since, last = time.monotonic(), heard.value
    while heard.value < stored.value and time.monotonic() < since + PATIENCE:
        time.sleep(0.2)
        if heard.value != last:
            since, last = time.monotonic(), heard.value
    say(f"{heard.value:,} of {stored.value:,} heard")
    time.sleep(2)  # For what might come twice.


def join(processes):
    for one in processes:
        one.join()
        if one.exitcode:
            raise AssertionError(f"a client ended with {one.exitcode}")


def listen(bench, site, count):
    """The messages that were stored and those that were heard, and how long it took."""
    ports = [one.port for one in site.servers]
    stored, heard, done = FORK.Value("q", 0), FORK.Value("q", 0), FORK.Event()
    writers_files = [bench.folder / f"writer-{at}" for at in range(WRITERS)]
    followers_files = [bench.folder / f"follower-{at}" for at in range(len(KINDS))]
    bots = [new_bot(site.servers[0], bench.data_set.bots + at) for at in range(len(KINDS))]
    began = time.monotonic()
    followers = [start(follow, number, kind, bots[number], ports, done, heard, path)
                 for (number, kind), path in zip(enumerate(KINDS), followers_files)]
    writers = [start(write, number, ports, bots, -(-count // WRITERS), stored, path)
               for number, path in enumerate(writers_files)]
    try:
        while any(one.is_alive() for one in writers):
            next(one for one in writers if one.is_alive()).join(20)
            bench.say(f"{stored.value:,} stored, {heard.value:,} heard")
        join(writers)
        seconds = time.monotonic() - began
        wait_for(heard, stored, bench.say)
    finally:
        done.set()
        join(followers)
    return lines_of(writers_files), lines_of(followers_files), seconds


def lines_of(files):
    return [line for file in files for line in file.read_text().split()]


def followers(bench):
    """How many messages were skipped, doubled or made up."""
    site = bench.at(TWO_SERVERS)
    before = reads_from_standbys(site.servers)
    spending = Spending(site.processes(), **site.postmasters())
    stored, heard, seconds = listen(bench, site, bench.options.messages)
    spent = spending.read(len(stored))
    from_standbys = reads_from_standbys(site.servers) - before
    skipped = len(set(stored) - set(heard))
    doubled = len(heard) - len(set(heard))
    foreign = len(set(heard) - set(stored))
    bench.say(f"{len(stored):,} stored, {skipped} skipped, {doubled} doubled, {foreign} of nobody; "
              f"{from_standbys:,.0f} batches of reads from standbys")
    return ({"requests": len(stored), "rate": len(stored) / seconds, "skipped": skipped,
             "doubled": doubled, "foreign": foreign, "from_standbys": from_standbys} | spent,
            {}, skipped + doubled + foreign)
