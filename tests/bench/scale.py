"""`./dev bench --scale`: several servers, and standbys that serve reads."""

from contextlib import ExitStack

from data_set import DataSet
from followers import followers
from pairs import pairs
from primary_reads import primary_reads
from sites import Store
from sizes import space, workloads
from systems import PostgresSystem, SqliteSystem
from tokens import tokens
from workloads import Workload

STANDBYS = 2
SYSTEMS = {
    "SQLite": SqliteSystem,
    # Three of them share the memory.
    "PostgreSQL": lambda folder: PostgresSystem(folder, shared_buffers="1GB"),
}


class Scale:
    """All that the workloads need, built when it is needed first."""

    def __init__(self, options, folder, stack, say):
        self.options, self.folder, self.say = options, folder, say
        self.seconds = options.seconds
        self.data_set = DataSet(options.bots, options.conversations, options.messages // 2)
        self.stores, self.copies = {}, []
        self.start, self.site = None, None
        self.databases = stack.enter_context(ExitStack())
        self.servers = stack.enter_context(ExitStack())  # They end first.

    def store(self, kind):
        """A loaded database."""
        if kind not in self.stores:
            self.say(f"loading {kind} with {self.data_set.messages:,} messages")
            system = SYSTEMS[kind](self.folder)
            self.databases.callback(system.remove)
            self.stores[kind] = Store(system, self.data_set, self.folder)
        return self.stores[kind]

    def standbys(self):
        """Those of PostgreSQL. Once they were started they stay."""
        if not self.copies:
            primary = self.store("PostgreSQL").system.cluster
            for _ in range(STANDBYS):
                self.copies.append(primary.new_standby())
                self.databases.callback(self.copies[-1].remove)
        return self.copies

    def at(self, start):
        """What `start(bench, stack)` returns. Whatever was started before by another one ends."""
        if self.start is not start:
            self.leave()
            self.site = start(self, self.servers)
            self.start = start
        return self.site

    def leave(self):
        self.start = None
        self.servers.close()

    def checkpoint(self):
        if "PostgreSQL" in self.stores:
            self.stores["PostgreSQL"].system.checkpoint()


# What runs without standbys comes first: they would take processor time from it.
WORKLOADS = [
    Workload("space-sqlite", "bytes a message", "SQLite", space("SQLite"), once=True),
    *workloads(["sqlite"]),
    Workload("space-postgresql", "bytes a message", "PostgreSQL", space("PostgreSQL"), once=True),
    *workloads(["postgresql", "servers"]),
    Workload("tokens", "POST with tokens", "PostgreSQL", tokens, "a program without tokens",
             at_least=0.98),
    *workloads(["standbys"]),
    Workload("primary-get", "primary's time for a GET by id", "PostgreSQL",
             primary_reads("get"), "without standbys", at_most=0.1),
    Workload("primary-list", "primary's time for a list", "PostgreSQL", primary_reads("list"),
             "without standbys", at_most=0.1),
    Workload("pairs", "write, read with its token: misses", "PostgreSQL", pairs("0", "token"),
             at_most=0),
    Workload("pairs-latest", "write, read the latest: misses", "PostgreSQL",
             pairs("0", "latest"), at_most=0),
    Workload("pairs-any", "write, read without token: misses", "PostgreSQL", pairs("0", "any")),
    Workload("pairs-late", "with its token, standbys 2 s late", "PostgreSQL",
             pairs("2s", "token"), at_most=0),
    Workload("followers", "followers: skipped, doubled", "PostgreSQL", followers, at_most=0,
             once=True),
]
