"""`./dev bench --growth MESSAGES`: what a POST and a page cost when there are so many, beside
500,000.

Both databases are in one PostgreSQL, have 50 messages a conversation, and are asked in turn. Pages
are not cached: each list is read from the database. No checkpoint comes between: after one,
PostgreSQL writes each page that changes to its log once as a whole, which the first minute of
messages has behind it.
"""

import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from data_set import DataSet
from loads import wrk
from machine import Meter
from systems import PostgresSystem, bulk_import, fill, serving

FEW = 500_000
PER_CONVERSATION = 50
PART = 1_000_000
CONNECTIONS = {"list": 64, "post": 256}  # In this order: messages make lists longer.
WARM = 60  # Seconds.

LEVELS = """
    SELECT indexrelid::regclass || ': ' || (bt_metap(indexrelid::regclass::text)).level + 1
    FROM pg_index WHERE indrelid = 'messages'::regclass
    ORDER BY indexrelid::regclass::text"""


class Grown:
    """A database of so many messages, and a server of its own."""

    def __init__(self, system, messages, folder, stack, say):
        self.system, self.messages = system, messages
        self.data_set = DataSet(1_000, messages // PER_CONVERSATION, messages)
        self.database = system.new_database()
        part = folder / "part.ndjson"
        with serving(system.url(self.database), folder) as server:
            fill(server, self.data_set.bots, None)
            for first in range(0, messages, PART):
                count = min(PART, messages - first)
                self.data_set.write_messages(part, count, first=first)
                bulk_import(server, part)
                say(f"loaded {first + count:,} of {messages:,} messages")
        part.unlink()
        system.sql("VACUUM (ANALYZE)", self.database)
        system.sql("CREATE EXTENSION pageinspect", self.database)
        self.server = stack.enter_context(
            serving(system.url(self.database), folder, "--page-cache-size", "0"))

    def measure(self, workload, seconds):
        """Microseconds of server and database for each request, and requests a second."""
        meter = Meter(self.server.process.pid, self.system.pid)
        reply = wrk(self.server.port, workload, CONNECTIONS[workload], seconds,
                   self.data_set.environment())
        spent = meter.read(reply["requests"])
        return spent["server_us"] + spent["database_us"], reply["rate"]

    def size(self):
        gib = self.system.size(self.database) / 2**30
        levels = ", ".join(self.system.sql(LEVELS, self.database).splitlines())
        return f"{gib:.1f} GiB; levels of indexes: {levels}"


def main(messages, shared_buffers, rounds, seconds, say):
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="botapi-growth-")))
        system = PostgresSystem(folder, max_wal_size="32GB", shared_buffers=shared_buffers)
        stack.callback(system.remove)
        both = [Grown(system, count, folder, stack, say) for count in (FEW, messages)]
        system.checkpoint()
        for one in both:
            print(f"{one.messages:,} messages: {one.size()}")
        for workload in CONNECTIONS:
            for one in both:
                one.measure(workload, WARM if workload == "post" else seconds)
            runs = [[one.measure(workload, seconds) for one in both] for _ in range(rounds)]
            ratios = sorted(many / few for (few, _), (many, _) in runs)
            for one, measured in zip(both, zip(*runs)):
                costs, rates = zip(*measured)
                print(f"{workload} among {one.messages:,}: {statistics.median(costs):.1f} µs of "
                      f"processor, {statistics.median(rates):,.0f} a second")
            print(f"{workload}: costs {statistics.median(ratios):.2f} times as much "
                  f"({ratios[0]:.2f} to {ratios[-1]:.2f})", flush=True)
