"""What `./dev bench --scale` runs on: a loaded database, and servers of each size on a copy."""

import json
import urllib.request
from dataclasses import dataclass

from kit.cluster import Cluster
from kit.wait import eventually
from systems import fill, serving

SERVERS = 3


class Store:
    """A database with the data set, of which each size gets a copy."""

    def __init__(self, system, data_set, folder):
        self.system = system
        self.loaded = system.new_database()
        empty = system.size(self.loaded)
        messages = folder / "messages.ndjson"
        data_set.write_messages(messages)
        with serving(system.url(self.loaded), folder) as server:
            fill(server, data_set.bots, messages)
        messages.unlink()
        if system.name == "PostgreSQL":
            system.sql("VACUUM (ANALYZE)", self.loaded)
        self.bytes_each = (system.size(self.loaded) - empty) / data_set.messages
        ids = folder / f"{system.name}.ids"
        ids.write_text("\n".join(system.some_ids(self.loaded, min(50_000, data_set.messages))))
        self.environment = data_set.environment() | {"IDS": str(ids)}

    def copy(self, stack):
        """The URL of a new one, which is dropped with the stack."""
        database = self.system.new_database(template=self.loaded)
        stack.callback(self.system.drop, database)
        return self.system.url(database)


@dataclass
class Site:
    """Servers that run, and the port where clients reach them."""

    port: int
    servers: list
    store: Store
    standbys: list

    def postmasters(self):
        """By the name of the figure that tells what they spend."""
        if not self.store.system.pid:
            return {}
        primary = {"primary_us": [self.store.system.pid]}
        copies = [one.process.pid for one in self.standbys]
        return primary | ({"standbys_us": copies} if copies else {})

    def processes(self):
        return [one.process.pid for one in self.servers]


def replica_flags(standbys, database):
    """What lets a server read from the copies of its database."""
    name = database.rsplit("/", 1)[1]
    return [word for one in standbys for word in
            ("--read-replica", f"postgresql://botapi@127.0.0.1:{one.port}/{name}")]


def catch_up(primary, standbys):
    reached = primary.sql("SELECT pg_current_wal_insert_lsn()").strip()
    for one in standbys:
        eventually(lambda at=one: at.sql(
            f"SELECT pg_last_wal_replay_lsn() >= '{reached}'").strip() == "t",
            "a standby has replayed all", 120)


def ask(server, path):
    with urllib.request.urlopen(server.url + path, timeout=10) as answer:
        return answer.read().decode()


def wait_for_replicas(server, count):
    eventually(lambda: sum(one["serves"] for one in
                           json.loads(ask(server, "/readyz"))["replicas"]) == count,
               f"{count} standbys serve reads")


def reads_from_standbys(servers):
    """How many reads standbys were chosen for until now."""
    lines = [line for one in servers for line in ask(one, "/metrics").splitlines()]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines
               if line.startswith("botapi_replica_reads_total"))


def one_server(system):
    """The smallest sizes: a server alone."""
    def start(bench, stack):
        store = bench.store(system)
        server = stack.enter_context(serving(store.copy(stack), bench.folder))
        return Site(server.port, [server], store, [])
    return start


def several_servers(bench, stack):
    return balanced(bench, stack, [])


def with_standbys(bench, stack):
    return balanced(bench, stack, bench.standbys())


def balanced(bench, stack, standbys):
    """Three servers behind HAProxy, which may read from standbys."""
    store = bench.store("PostgreSQL")
    database = store.copy(stack)
    catch_up(store.system.cluster, standbys)
    cluster = Cluster(database, bench.folder, SERVERS,
                      flags=replica_flags(standbys, database))
    stack.callback(cluster.stop)
    if standbys:
        for server in cluster.servers:
            wait_for_replicas(server, len(standbys))
    return Site(cluster.balancer.port, cluster.servers, store, standbys)


def two_servers(standbys_of):
    """Two servers without a balancer: clients choose one. They read from `standbys_of(bench)`."""
    def start(bench, stack):
        store, standbys = bench.store("PostgreSQL"), standbys_of(bench)
        database = store.copy(stack)
        catch_up(store.system.cluster, standbys)
        flags = replica_flags(standbys, database)
        servers = [stack.enter_context(serving(database, bench.folder, *flags)) for _ in range(2)]
        if standbys:
            for server in servers:
                wait_for_replicas(server, len(standbys))
        return Site(servers[0].port, servers, store, standbys)
    return start
