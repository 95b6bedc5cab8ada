"""100 watchers and 100 writers while servers and databases are killed: nobody misses a message."""

import json
import os
import random
import signal
import sqlite3
import threading
import uuid

import pytest

from kit import server as program
from kit.api import Api, message, new_id
from kit.postgres import Postgres, free_port
from kit.wait import eventually
from kit.watchers import BROKEN, KINDS, Client, Watcher

COUNT = 100
BOTS, CONVERSATIONS = 2, 4


class Scene:
    """Where all of it takes place: servers that keep their addresses, whatever happens to them."""

    def __init__(self, start_server, database, count):
        self.start_server, self.database = start_server, database
        self.servers = [self.start(f"127.0.0.1:{free_port()}") for _ in range(count)]
        self.addresses = [(one.host, one.port) for one in self.servers]
        self.stopped, self.done = threading.Event(), threading.Event()
        self.lock = threading.Lock()
        self.acknowledged, self.failures = {}, []
        with Api(self.servers[0]) as api:
            self.bots = [api.new_bot() for _ in range(BOTS)]
        self.talks = [(new_id(), self.bots[at % BOTS]) for at in range(CONVERSATIONS)]
        self.streams = [("conversationId", talk) for talk, _ in self.talks]
        self.streams += [("botId", bot) for bot in self.bots]

    def start(self, address):
        return self.start_server("--heartbeat-interval", "1s", database=self.database,
                                 listen=address)

    def kill_server(self, at):
        self.servers[at].kill()
        self.go_on_without(20)
        self.servers[at] = self.start(self.servers[at].address)

    def go_on_without(self, count):
        """Until so many more messages are stored, or nobody can store one."""
        if len(self.servers) > 1:
            self.go_on(count)

    def go_on(self, count):
        wanted = len(self.acknowledged) + count
        eventually(lambda: len(self.acknowledged) >= wanted, f"{count} more messages are stored")

    def attempt(self, work, *arguments):
        """Runs a thread's work, and keeps what it fails of."""
        def run():
            try:
                work(*arguments)
            except BaseException as failure:  # pylint: disable=broad-except
                self.failures.append(failure)
        thread = threading.Thread(target=run)
        thread.start()
        return thread


def write(scene, number):
    """Says one thing after another, each until it is acknowledged."""
    client, user = Client(scene, number), new_id()
    chance = random.Random(number)
    while not scene.stopped.wait(chance.uniform(0.3, 1.2)):
        talk, bot = chance.choice(scene.talks)
        said = message(talk, user, bot, id=new_id(), text=f"{number}")
        while True:
            try:
                answer = client.ask("POST", "/messages", json.dumps(said),
                                    **{"Content-Type": "application/json"})
                reply = answer.read()
            except BROKEN:
                client.leave()
                continue
            if answer.status == 201:
                break
            assert answer.status >= 500, reply
            client.leave()
        with scene.lock:
            scene.acknowledged[said["id"]] = talk
    client.leave()


def new_watcher(scene, number):
    count = len(scene.streams)
    kind = list(KINDS)[number // count % len(KINDS)]
    return Watcher(scene, number, scene.streams[number % count], kind)


def everybody(scene, faults):
    """Lets all watch and write during the faults. Then each has heard what the store holds."""
    watchers = [new_watcher(scene, number) for number in range(COUNT)]
    threads = [scene.attempt(one.watch) for one in watchers]
    writers = [scene.attempt(write, scene, number) for number in range(COUNT)]
    try:
        scene.go_on(100)
        for fault in faults:
            fault()
            scene.go_on(100)
        scene.stopped.set()
        for one in writers:
            one.join(30)
        truth = {stream: stored(scene.database, *stream) for stream in scene.streams}
        eventually(lambda: scene.failures or all(
            len(one.heard) >= len(truth[one.stream]) for one in watchers), "all have heard all")
    finally:
        scene.stopped.set()
        scene.done.set()
        for one in threads + writers:
            one.join(30)
    assert not scene.failures, scene.failures
    for one in watchers:
        assert one.heard == truth[one.stream], (one.kind, one.stream)
    assert any(one.breaks for one in watchers)
    for talk, bot in scene.talks:
        acknowledged = {one for one, where in scene.acknowledged.items() if where == talk}
        assert acknowledged and acknowledged == set(truth["conversationId", talk])
        assert acknowledged <= set(truth["botId", bot])


def stored(database, kind, one):
    """The messages of a stream in order, as the database itself has them."""
    column, order = {"conversationId": ("conversation", "seq"), "botId": ("bot", "arrival")}[kind]
    select = f"SELECT id FROM messages WHERE {column} = {{}} ORDER BY {order}"
    if isinstance(database, Postgresql):
        return database.server.sql(select.format(f"'{one}'"), database.name).split()
    with sqlite3.connect(database.removeprefix("sqlite:")) as on:
        found = on.execute(select.format("?"), [uuid.UUID(one).bytes]).fetchall()
    return [str(uuid.UUID(bytes=row[0])) for row in found]


class Postgresql(str):
    """The URL of a database, and the server that has it."""

    server = None
    name = None


@pytest.mark.only("sqlite")
@pytest.mark.expects_5xx
def test_every_watcher_gets_every_message_though_the_server_is_killed(start_server, new_database):
    scene = Scene(start_server, new_database(), 1)

    everybody(scene, [lambda: scene.kill_server(0)] * 3)


@pytest.mark.only("postgresql")
@pytest.mark.expects_5xx
def test_every_watcher_gets_every_message_though_servers_and_postgresql_are_killed(
        backend, start_server):
    postgres = Postgres()
    try:
        database = Postgresql(postgres.new_database())
        database.server, database.name = postgres, database.rsplit("/", 1)[1]
        migrated = program.run("migrate", "--database", database)
        assert migrated.returncode == 0, migrated.stderr
        scene = Scene(start_server, database, 2)

        def kill_postgresql():
            postgres.kill()
            postgres.start()

        everybody(scene, [lambda: scene.kill_server(0), lambda: kill_backend(postgres, database),
                          lambda: scene.kill_server(1), kill_postgresql])
        for one in scene.servers:
            assert one.stop() == 0
    finally:
        postgres.remove()


def kill_backend(postgres, database):
    """One process of PostgreSQL crashes, whereupon it ends all others, and recovers."""
    busy = postgres.sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
                        f" AND datname = '{database.name}' ORDER BY query_start DESC LIMIT 1")
    os.kill(int(busy), signal.SIGKILL)
