"""The databases under the server: one PostgreSQL of our own, and files of SQLite."""

import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import contextmanager

from kit import server as program
from kit.postgres import Postgres

from data_set import bot_id

DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "autovacuum_naptime": "10min",
}


@contextmanager
def serving(database, folder, *flags, **more):
    descriptor, log = tempfile.mkstemp(".log", "server-", folder)
    os.close(descriptor)
    server = program.Server(database, log, *flags, **more)
    try:
        yield server
    finally:
        server.stop()


def fill(server, bots, messages):
    """Registers bots, and imports a file of messages."""
    connection = http.client.HTTPConnection(server.host, server.port)
    for number in range(bots):
        body = json.dumps({"id": bot_id(number), "name": f"Bot {number}"})
        connection.request("POST", "/bots", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201, answer.status
    connection.close()
    if messages:
        bulk_import(server, messages)


def bulk_import(server, messages):
    """Sends a file of messages in one request. Returns the last line of the report."""
    sent = subprocess.run(
        ["curl", "-sS", "-X", "POST", "-H", "Content-Type: application/x-ndjson",
         "-T", messages, server.url + "/messages"],
        stdout=subprocess.PIPE, check=True)
    reports = sent.stdout.splitlines()
    assert all(b'"status":201' in line for line in reports), "a message was refused"
    return len(reports)


class PostgresSystem:
    name = "PostgreSQL"

    def __init__(self, folder, **settings):
        self.folder = folder
        self.cluster = Postgres(**DURABLE | settings)
        self.count = 0

    @property
    def pid(self):
        return self.cluster.process.pid

    def url(self, database):
        return f"postgresql://botapi@127.0.0.1:{self.cluster.port}/{database}"

    def new_database(self, template="template0", migrate_with=None):
        self.count += 1
        name = f"bench_{self.count}"
        self.cluster.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        if template == "template0":
            done = program.run("migrate", "--database", self.url(name), program=migrate_with)
            assert done.returncode == 0, done.stderr
        return name

    def drop(self, database):
        self.cluster.sql(f"DROP DATABASE {database} WITH (FORCE)")

    def sql(self, statement, database):
        return self.cluster.sql(statement, database)

    def checkpoint(self):
        self.cluster.sql("CHECKPOINT")

    def size(self, database):
        return int(self.sql("SELECT pg_database_size(current_database())", database))

    def some_ids(self, database, count):
        return self.sql(f"SELECT id FROM messages ORDER BY random() LIMIT {count}",
                        database).split()

    def remove(self):
        self.cluster.remove()


class SqliteSystem:
    name = "SQLite"
    pid = None

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    def url(self, database):
        return f"sqlite:{database}"

    def new_database(self, template=None):
        self.count += 1
        path = self.folder / f"bench_{self.count}.db"
        if template:
            shutil.copy(template, path)
        return path

    def drop(self, database):
        for end in ("", "-wal", "-shm"):
            database.with_name(database.name + end).unlink(missing_ok=True)

    def checkpoint(self):
        pass

    def size(self, database):
        return database.stat().st_size if database.exists() else 0

    def some_ids(self, database, count):
        with sqlite3.connect(database) as connection:
            rows = connection.execute(
                "SELECT lower(hex(id)) FROM messages ORDER BY random() LIMIT ?", (count,))
            return ["-".join((i[:8], i[8:12], i[12:16], i[16:20], i[20:])) for (i,) in rows]

    def remove(self):
        pass
