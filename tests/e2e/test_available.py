"""The way from servers on one PostgreSQL to one that fails over, as docs/scaling.md has it."""

import json
import threading
import time

import pytest

from kit import patroni as kit
from kit import server as program
from kit.api import Api, Talk, new_id
from kit.cluster import Cluster
from kit.patroni import PASSWORD, Patroni
from kit.postgres import Postgres
from kit.wait import eventually
from kit.watchers import BROKEN, Client

pytestmark = [
    pytest.mark.only("postgresql"),
    pytest.mark.skipif(bool(kit.missing()), reason=f"not installed: {kit.missing()}"),
]


class Writer(threading.Thread):
    """Sends each message until it is acknowledged, over the balancer."""

    def __init__(self, cluster, talk):
        super().__init__()
        self.addresses = [(cluster.balancer.host, cluster.balancer.port)]
        self.done = threading.Event()
        self.talk, self.stored, self.successes = talk, [], []

    def run(self):
        client = Client(self, 0)
        while not self.done.is_set():
            said = json.dumps(self.talk.message(id=new_id()))
            while not self.is_stored(client, said) and not self.done.is_set():
                client.leave()
        client.leave()

    def is_stored(self, client, said):
        try:
            answer = client.ask("POST", "/messages", said, **{"Content-Type": "application/json"})
            reply = answer.read()
        except BROKEN:
            return False
        if answer.status != 201:
            assert answer.status == 503, reply
            return False
        self.stored.append(json.loads(reply)["id"])
        self.successes.append(time.monotonic())
        return True

    def go_on(self, count=30):
        wanted = len(self.stored) + count
        eventually(lambda: len(self.stored) >= wanted, "messages are stored", 60)


@pytest.fixture
def single():
    """A PostgreSQL with the roles that Patroni needs."""
    running = Postgres(fsync="on")
    for role in ("postgres SUPERUSER", "replicator REPLICATION"):
        running.sql(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
    running.sql(f"ALTER ROLE botapi PASSWORD '{PASSWORD}'")
    running.sql("CREATE DATABASE botapi")
    yield running
    running.remove()


def test_a_database_in_use_becomes_a_member_while_clients_write(
        backend, single, tmp_path):
    url = f"postgresql://botapi:{PASSWORD}@127.0.0.1:{single.port}/botapi"
    assert program.run("migrate", "--database", url).returncode == 0
    cluster = Cluster(url, tmp_path, 2)
    try:
        with Api(cluster.balancer) as api:
            talk = Talk(api)
            writer = Writer(cluster, talk)
            writer.start()
            try:
                writer.go_on()
                patroni = Patroni(there=single)
                try:
                    writer.go_on()
                    cluster.database = patroni.url
                    for number in range(2):
                        cluster.upgrade(number)
                        time.sleep(1.5)  # Until HAProxy has seen the new one.
                    writer.go_on()
                    first = patroni.primary()
                    assert first is patroni.members[0]
                    assert patroni.switch_over() == 200
                    eventually(lambda: patroni.another_leads(first), "another one leads")
                    writer.go_on()
                    writer.done.set()
                    writer.join()
                    pauses = [after - before for before, after in
                              zip(writer.successes, writer.successes[1:])]
                    print("the longest pauses:", sorted(pauses)[-3:])
                    assert sorted(one["id"] for one in talk.listed()) == sorted(writer.stored)
                finally:
                    writer.done.set()
                    cluster.stop_servers()
                    patroni.remove()
            finally:
                writer.done.set()
                writer.join()
    finally:
        cluster.stop()
