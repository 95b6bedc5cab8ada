"""`./dev bench`: how fast we are, beside what a database and HTTP can do on the same machine."""

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import crowd  # noqa: E402
import growth  # noqa: E402
import report  # noqa: E402
import scale  # noqa: E402
from chart import write_chart  # noqa: E402
from data_set import DataSet  # noqa: E402
from kit.server import Server  # noqa: E402
from loads import ROOT  # noqa: E402
from references import Pgbench  # noqa: E402
from systems import PostgresSystem, SqliteSystem, bulk_import, fill, serving  # noqa: E402
from workloads import WORKLOADS, NotMeasured  # noqa: E402


def parse_command_line():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", default=[],
                        help="a workload, or the start of some names; may be repeated")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    parser.add_argument("--seconds", type=int, default=6, help="of each measurement")
    parser.add_argument("--bots", type=int, default=1_000)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--messages", type=int,
                        help="500,000; with --scale 1,000,000 for the followers, of which "
                             "half are loaded before")
    parser.add_argument("--bulk", type=int, default=1_000_000,
                        help="messages of an import, and of the long conversation")
    parser.add_argument("--idle", type=int, default=10_000, help="idle connections")
    parser.add_argument("--watchers", type=int, default=1_000,
                        help="clients that follow conversations")
    parser.add_argument("--quick", action="store_true",
                        help="small data and one short round: to see that all of it runs")
    parser.add_argument("--crowd", action="store_true",
                        help="instead, what crowds of slow and of idle clients do")
    parser.add_argument("--growth", metavar="MESSAGES", type=int,
                        help="instead, what so many messages make dearer")
    parser.add_argument("--shared-buffers", default="2GB", help="of PostgreSQL, for --growth")
    parser.add_argument("--scale", action="store_true",
                        help="instead, several servers, and standbys that serve reads")
    parser.add_argument("--reference", metavar="PATH", type=Path,
                        help="a program without consistency tokens, for --scale")
    parser.add_argument("--pairs", type=int, default=10_000,
                        help="writes that are read with their token, for --scale")
    parser.add_argument("--list", action="store_true", help="name the workloads, and end")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 3
        options.bots, options.conversations, options.messages = 50, 400, 20_000
        options.bulk, options.idle, options.pairs = 20_000, 1_000, 400
    if options.messages is None:
        options.messages = 1_000_000 if options.scale else 500_000
    if options.reference:
        options.reference = options.reference.resolve(strict=True)
    return options


@dataclass
class Site:
    """A loaded database and a server that serves it."""

    system: object
    database: object
    server: Server
    environment: dict


class Bench:
    """All that the workloads need, built when it is needed first."""

    def __init__(self, options, folder, stack):
        self.options, self.folder, self.stack = options, folder, stack
        self.seconds, self.bulk, self.idle = options.seconds, options.bulk, options.idle
        self.watchers = options.watchers
        self.threads = os.cpu_count()
        self.data_set = DataSet(options.bots, options.conversations, options.messages)
        self.id_count = min(50_000, options.messages)
        self.bulk_file = folder / "bulk.ndjson"
        self.long_database = None
        self.sites = {}

    def build(self):
        messages = self.folder / "messages.ndjson"
        say(f"writing {self.data_set.messages:,} messages")
        self.data_set.write_messages(messages)
        self.data_set.write_messages(self.bulk_file, self.bulk)
        for make in (PostgresSystem, SqliteSystem):
            system = make(self.folder)
            self.stack.callback(system.remove)
            self.add_site(system, messages)

    def add_site(self, system, messages):
        database = system.new_database()
        began = time.monotonic()
        say(f"loading {system.name}")
        with serving(system.url(database), self.folder) as server:
            fill(server, self.data_set.bots, messages)
        say(f"loaded in {time.monotonic() - began:.0f} s")
        if system.name == "PostgreSQL":
            system.sql("VACUUM (ANALYZE)", database)
            copy = system.new_database(template=database)
            self.pgbench = Pgbench(system, copy, self.folder, self.data_set)
            self.pgbench.pick_ids(self.id_count)
            system.checkpoint()
        ids = self.folder / f"{system.name}.ids"
        ids.write_text("\n".join(system.some_ids(database, self.id_count)))
        environment = self.data_set.environment() | {"IDS": str(ids)}
        server = self.stack.enter_context(serving(system.url(database), self.folder))
        self.sites[system.name] = Site(system, database, server, environment)

    def long_conversation(self):
        """A database with all messages of an import in one conversation."""
        if not self.long_database:
            say(f"loading a conversation of {self.bulk:,}")
            system = self.sites["PostgreSQL"].system
            self.long_database = system.new_database()
            path = self.folder / "long.ndjson"
            self.data_set.write_messages(path, self.bulk, in_one=True)
            with serving(system.url(self.long_database), self.folder) as server:
                fill(server, self.data_set.bots, None)
                bulk_import(server, path)
            system.sql("VACUUM (ANALYZE) messages", self.long_database)
            path.unlink()
        return self.long_database

    def checkpoint(self):
        self.sites["PostgreSQL"].system.checkpoint()


def measure(bench, workload):
    """The figures of a workload, or None if something that it needs is not there."""
    rounds = 1 if workload.once else bench.options.rounds
    runs = []
    for number in range(rounds):
        bench.checkpoint()
        try:
            runs.append(workload.run(bench))
        except NotMeasured as reason:
            say(f"{workload.name}: skipped, {reason}")
            return None
        ratio = runs[-1][2]
        say(f"{workload.name} {number + 1}/{rounds}"
            + (f": {ratio:.2f}" if ratio is not None else ""))
    return report.summary(workload, runs)


def say(what):
    print(f"bench: {what}", file=sys.stderr, flush=True)


def chosen(names, workloads):
    if not names:
        return workloads
    found = [one for one in workloads if one.name.startswith(tuple(names))]
    return found or sys.exit(f"bench: there is no workload named {', '.join(names)}")


def main():
    options = parse_command_line()
    workloads = scale.WORKLOADS if options.scale else WORKLOADS
    if options.list:
        print("\n".join(f"{one.name:24}{one.system:12}{one.title}" for one in workloads))
        return
    if options.crowd:
        crowd.main(options.quick)
        return
    if options.growth:
        growth.main(options.growth, options.shared_buffers, options.rounds, options.seconds, say)
        return
    workloads = chosen(options.only, workloads)
    target = ROOT / "build/bench"
    target.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="botapi-bench-")))
        folder.chmod(0o755)  # PostgreSQL's user reads scripts from it.
        bench = bench_of(options, folder, stack)
        measured = [measure(bench, workload) for workload in workloads]
    results = [one for one in measured if one]
    print(report.table(results, report.SCALE_FIGURES if options.scale else report.FIGURES))
    if options.scale:
        report.write_json(target / "scale.json", vars(options), results)
        say(f"written to {target.relative_to(ROOT)}: scale.json")
        return
    report.write_json(target / "results.json", vars(options), results)
    write_chart(target / "ratios.svg", results)
    say(f"written to {target.relative_to(ROOT)}: results.json, ratios.svg")


def bench_of(options, folder, stack):
    if options.scale:
        return scale.Scale(options, folder, stack, say)
    bench = Bench(options, folder, stack)
    bench.build()
    return bench


if __name__ == "__main__":
    main()
