"""The workloads, their references, and their targets."""

import resource
import socket
import time
from dataclasses import dataclass
from typing import Callable, Optional

from data_set import conversation_id
from greedy_clients import bulk_load, scanning_readers
from kit.crowd import follow_by_events, follow_by_socket
from loads import download, live, open_loop, wrk
from machine import Meter, memory
from references import GET, INSERT, LIST, copy_in, copy_out, raw_http
from systems import bulk_import, fill, serving


class NotMeasured(Exception):
    """Something that a workload needs is not there."""


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    system: str
    run: Callable  # With a bench: figures of ours, of the reference, and their ratio.
    reference: str = ""
    at_least: Optional[float] = None
    at_most: Optional[float] = None
    once: bool = False  # It takes long, or has no spread: more rounds would say no more.

    def is_reached(self, ratio):
        if self.at_least is not None:
            return ratio >= self.at_least
        return ratio <= self.at_most if self.at_most is not None else None

    def target(self):
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""


def loaded(bench, system, workload, connections):
    """A closed loop on the loaded database."""
    site = bench.sites[system]
    meter = Meter(site.server.process.pid, site.system.pid)
    reply = wrk(site.server.port, workload, connections, bench.seconds, site.environment)
    return reply | meter.read(reply["requests"])


def by_rate(ours, reference):
    return ours, reference, ours["rate"] / reference["rate"]


def warmed(measure):
    """Writes to most pages before: each is logged as a whole when it changes first after a
    checkpoint, and who is measured first must not pay that alone.
    """
    def run(bench):
        site = bench.sites["PostgreSQL"]
        wrk(site.server.port, "post", 256, WARM_UP, site.environment)
        bench.pgbench.run(INSERT, 64, WARM_UP)
        return measure(bench)
    return run


def post(connections):
    return lambda bench: by_rate(loaded(bench, "PostgreSQL", "post", connections),
                                 bench.pgbench.best(INSERT, bench.seconds))


def post_on_sqlite(connections):
    def run(bench):
        ours = loaded(bench, "SQLite", "post", connections)
        return by_rate(ours, loaded(bench, "PostgreSQL", "post", connections))
    return run


def post_alone(bench):
    ours = loaded(bench, "PostgreSQL", "post", 1)
    reference = bench.pgbench.run(INSERT, 1, bench.seconds)
    return ours, reference, 1e3 / ours["rate"] / reference["mean_ms"]


def post_in_time(bench):
    """At half of the rate that is possible now."""
    most = loaded(bench, "PostgreSQL", "post", 64)["rate"]
    site = bench.sites["PostgreSQL"]
    meter = Meter(site.server.process.pid, site.system.pid)
    ours = open_loop(site.server.port, 64, most / 2, bench.seconds, bench.data_set)
    ours |= meter.read(ours["requests"])
    reference = bench.pgbench.run(INSERT, 1, bench.seconds)
    return ours, reference, ours["p99_ms"] / reference["mean_ms"]


def database_in_time(bench):
    """The database alone in `post_in_time`, at half of its own rate."""
    most = bench.pgbench.run(INSERT, 64, bench.seconds)["rate"]
    reply = bench.pgbench.at_rate(INSERT, 64, bench.seconds, most / 2)
    reference = bench.pgbench.run(INSERT, 1, bench.seconds)
    return reply, reference, reply["p99_ms"] / reference["mean_ms"]


def beside_bulk(system):
    """One client's POSTs at a low rate, while another client stores arrays as fast as it can."""
    def run(bench):
        site = bench.sites[system]
        port = site.server.port
        reference = open_loop(port, 16, SHARED_RATE, bench.seconds, bench.data_set)
        meter = Meter(site.server.process.pid, site.system.pid)
        with bulk_load(port, bench.data_set) as bulk:
            ours = open_loop(port, 16, SHARED_RATE, bench.seconds, bench.data_set)
        ours |= meter.read(ours["requests"]) | {"bulk_rate": bulk["rows"] / bench.seconds}
        return ours, reference, ours["p99_ms"] / reference["p99_ms"]
    return run


def beside_scans(bench):
    """One client's POSTs at a low rate, while others read with filters that no index serves."""
    system = bench.sites["PostgreSQL"].system
    with serving(system.url(bench.long_conversation()), bench.folder) as server:
        reference = open_loop(server.port, 16, SHARED_RATE, bench.seconds, bench.data_set)
        meter = Meter(server.process.pid, system.pid)
        with scanning_readers(server.port) as readers:
            ours = open_loop(server.port, 16, SHARED_RATE, bench.seconds, bench.data_set)
        ours |= meter.read(ours["requests"]) | {"scan_rate": readers["scans"] / bench.seconds}
    return ours, reference, ours["p50_ms"] / reference["p50_ms"]


def read_beside(workload, script, connections=64):
    return lambda bench: by_rate(loaded(bench, "PostgreSQL", workload, connections),
                                 bench.pgbench.best(script, bench.seconds))


def beside_bare_http(system, workload):
    def run(bench):
        ours = loaded(bench, system, workload, 64)
        with raw_http(bench.threads) as (port, pid):
            meter = Meter(pid)
            raw = wrk(port, "constant", 64, bench.seconds, bench.sites[system].environment)
            return by_rate(ours, raw | meter.read(raw["requests"]))
    return run


def alone(system, workload, connections):
    return lambda bench: (loaded(bench, system, workload, connections), {}, None)


def bulk(bench):
    """The same rows through us and through COPY, each into an empty database."""
    system = bench.sites["PostgreSQL"].system
    ours, theirs = system.new_database(), system.new_database()
    with serving(system.url(ours), bench.folder) as server:
        fill(server, bench.data_set.bots, None)
        meter = Meter(server.process.pid, system.pid)
        began = time.monotonic()
        rows = bulk_import(server, bench.bulk_file)
        reply = {"rate": rows / (time.monotonic() - began), "requests": rows} | meter.read(rows)
    reference = {"rate": rows / copy_in(system, theirs, ours)}
    system.drop(ours)
    system.drop(theirs)
    return by_rate(reply, reference)


def bulk_on_sqlite(bench):
    system = bench.sites["SQLite"].system
    database = system.new_database()
    with serving(system.url(database), bench.folder) as server:
        fill(server, bench.data_set.bots, None)
        meter = Meter(server.process.pid)
        began = time.monotonic()
        rows = bulk_import(server, bench.bulk_file)
        reply = {"rate": rows / (time.monotonic() - began), "requests": rows} | meter.read(rows)
    system.drop(database)
    return reply, {}, None


def stream(bench):
    """The whole of one long conversation."""
    system = bench.sites["PostgreSQL"].system
    database = bench.long_conversation()
    with serving(system.url(database), bench.folder) as server:
        url = f"{server.url}/messages?conversationId={conversation_id(0)}"
        before = memory(server.process.pid)
        meter = Meter(server.process.pid, system.pid)
        reply = download(url)
        reply |= {"rate": bench.bulk / reply["seconds"], "requests": bench.bulk,
                 "mb_per_second": reply["bytes"] / reply.pop("seconds") / 1e6}
        reply |= meter.read(bench.bulk)
        reply["grown_mib"] = reply["peak_mib"] - before / 2**20
    export = bench.bulk / copy_out(system, database, conversation_id(0))
    fast_enough = FAST_STREAM / reply["bytes"] * bench.bulk
    return by_rate(reply, {"rate": min(export, fast_enough)})


def watched(system, conversations, rate):
    """Milliseconds from a message's commit until it has reached its watchers, of 99 in 100."""
    def run(bench):
        site = bench.sites[system]
        allow_files(bench.watchers)
        meter = Meter(site.server.process.pid, site.system.pid)
        reply = live(site.server.port, bench.watchers, conversations or bench.watchers, rate,
                    bench.seconds, bench.data_set)
        reply |= meter.read(reply["requests"])
        return reply, {}, reply["after_commit_p99_ms"]
    return run


def idle(open_one):
    """KiB for each connection that waits, of those that `open_one(port, number)` makes."""
    def run(bench):
        count = bench.idle
        allow_files(count)
        site = bench.sites["SQLite"]
        with serving(site.system.url(site.database), bench.folder,
                     "--max-connections", str(count + 20), "--idle-timeout", "10m") as server:
            sockets = [open_one(server.port, number) for number in range(10)]
            before = memory(server.process.pid)
            sockets += [open_one(server.port, number) for number in range(10, count + 10)]
            time.sleep(1)
            grown = memory(server.process.pid) - before
            for one in sockets:
                one.close()
        kib = grown / count / 1024
        return {"kib": kib, "connections": count}, {}, kib
    return run


def quiet(follow):
    """A connection that follows a conversation of its own in which nothing is said."""
    return lambda port, number: follow(port, unused_conversation(number))


def unused_conversation(number):
    return conversation_id(10_000_000 + number)


def allow_files(count):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 200, max(count + 200, hard)))


def ask_once(port):
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = one.recv(4096)
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    return one


WARM_UP = 2  # Seconds.
SHARED_RATE = 200  # POSTs a second, of a client that another one's bulk load should not harm.
FAST_STREAM = 200e6  # Bytes a second: enough, also where COPY is faster.
INSERTS = "pgbench, single-row INSERT"
COMMIT = "pgbench, one commit of one client"

# Lists are read before POSTs make their conversations longer.
WORKLOADS = [
    Workload("list", "GET a conversation of 50", "PostgreSQL", read_beside("list", LIST),
             "pgbench, the same SELECT", at_least=2),
    Workload("unchanged", "the same, If-None-Match", "PostgreSQL",
             beside_bare_http("PostgreSQL", "unchanged"),
             "bare Beast loop", at_least=0.6),
    Workload("health", "/healthz: no database", "PostgreSQL",
             beside_bare_http("PostgreSQL", "health"), "bare Beast loop"),
    Workload("get-64", "GET by id, 64 connections", "PostgreSQL", read_beside("get", GET),
             "pgbench, the same SELECT", at_least=1),
    Workload("get-128", "GET by id, 128 connections", "PostgreSQL", read_beside("get", GET, 128),
             "pgbench, the same SELECT", at_least=1),
    Workload("list-sqlite", "GET a conversation of 50", "SQLite", alone("SQLite", "list", 64)),
    Workload("unchanged-sqlite", "the same, If-None-Match", "SQLite",
             beside_bare_http("SQLite", "unchanged"),
             "bare Beast loop", at_least=0.6),
    Workload("get-sqlite", "GET by id, 64 connections", "SQLite", alone("SQLite", "get", 64)),
    Workload("mixed", "1 POST to 4 lists", "PostgreSQL", alone("PostgreSQL", "mixed", 64)),
    Workload("mixed-sqlite", "1 POST to 4 lists", "SQLite", alone("SQLite", "mixed", 64)),
    Workload("post-32", "POST, 32 connections", "PostgreSQL", warmed(post(32)), INSERTS),
    Workload("post-64", "POST, 64 connections", "PostgreSQL", warmed(post(64)), INSERTS,
             at_least=2),
    Workload("post-256", "POST, 256 connections", "PostgreSQL", warmed(post(256)), INSERTS,
             at_least=2),
    Workload("post-1", "POST, 1 connection: time", "PostgreSQL", warmed(post_alone), COMMIT,
             at_most=1.5),
    Workload("post-open", "POST at half rate: p99", "PostgreSQL", warmed(post_in_time), COMMIT,
             at_most=10),
    Workload("insert-open", "pgbench at its half rate: p99", "PostgreSQL", warmed(database_in_time),
             COMMIT),
    Workload("post-sqlite-64", "POST, 64 connections", "SQLite", warmed(post_on_sqlite(64)),
             "ours on PostgreSQL", at_least=1.5),
    Workload("post-sqlite-256", "POST, 256 connections", "SQLite", warmed(post_on_sqlite(256)),
             "ours on PostgreSQL", at_least=1.5),
    Workload("post-sqlite-1", "POST, 1 connection", "SQLite", alone("SQLite", "post", 1)),
    Workload("bulk", "NDJSON import", "PostgreSQL", bulk, "COPY of the same rows", at_least=0.6),
    Workload("bulk-sqlite", "NDJSON import", "SQLite", bulk_on_sqlite),
    Workload("beside-bulk", "POST beside a bulk load: p99", "PostgreSQL",
             warmed(beside_bulk("PostgreSQL")), "the same alone", at_most=1.5),
    Workload("beside-bulk-sqlite", "POST beside a bulk load: p99", "SQLite",
             beside_bulk("SQLite"), "the same alone", at_most=1.5),
    Workload("beside-scans", "POST beside 8 scans: p50", "PostgreSQL", beside_scans,
             "the same alone", at_most=1.5),
    Workload("stream", "one long conversation", "PostgreSQL", stream,
             "COPY of the same rows, or 200 MB/s", at_least=1),
    Workload("idle", "KiB an idle connection", "SQLite",
             idle(lambda port, _: ask_once(port)), at_most=6),
    Workload("live", "1,000 a second, 1,000 watched: ms", "PostgreSQL",
             watched("PostgreSQL", None, 1_000), "the commit", at_most=10),
    Workload("live-crowd", "10 a second to 1,000 at once: ms", "PostgreSQL",
             watched("PostgreSQL", 1, 10), "the commit", at_most=10),
    Workload("live-sqlite", "1,000 a second, 1,000 watched: ms", "SQLite",
             watched("SQLite", None, 1_000), "the commit", at_most=10),
    Workload("live-idle", "KiB an idle watcher, events", "SQLite",
             idle(quiet(follow_by_events)), at_most=16),
    Workload("live-idle-socket", "KiB an idle watcher, WebSocket", "SQLite",
             idle(quiet(follow_by_socket)), at_most=16),
]
