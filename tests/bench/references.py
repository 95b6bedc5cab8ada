"""The references: the database without the server, and HTTP without a database."""

import re
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from kit.crowd import percentile
from loads import PROGRAMS
from machine import Meter

COLUMNS = ("id, conversation, seq, arrival, instant, form, bot, client, direction, text, metadata")

# The ids of data_set.py.
CONVERSATION = ("(lpad(to_hex(:c::bigint * 2654435761 % 4294967296), 8, '0') || '-0000-4000-8000-'"
                " || lpad(to_hex(:c::bigint), 12, '0'))::uuid")

# Ids grow with time, as those of version 7 do that the server makes.
INSERT = f"""
\\set c random(0, {{conversations}} - 1)
\\set a random(1, 9000000000000000000)
\\set b random(1, 1000000000)
INSERT INTO messages (id, shard, conversation, seq, instant, form, bot, client, direction, text)
VALUES ((lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')
 || lpad(to_hex(:a::bigint), 20, '7'))::uuid, 77,
 {CONVERSATION}, :a, 1794916800123456700 + :b, 231,
 ('00000000-0000-4000-8000-' || lpad(to_hex(:c::bigint % {{bots}}), 12, '0'))::uuid,
 ('00000003-0000-4000-8000-' || lpad(to_hex(:c::bigint), 12, '0'))::uuid,
 1, 'Olá! Como posso te ajudar com o pedido número ' || :b::bigint || ' de hoje? Obrigado.');
"""

LIST = f"""
\\set c random(0, {{conversations}} - 1)
SELECT {COLUMNS} FROM messages WHERE conversation = {CONVERSATION} ORDER BY instant, seq;
"""

# The id of the first message of a random conversation, as a literal from a list in a table.
GET = f"""
\\set n random(1, {{ids}})
SELECT {COLUMNS} FROM messages WHERE id = (SELECT id FROM picked WHERE n = :n);
"""


class Pgbench:
    """Runs a script of pgbench, prepared statements, with several numbers of clients."""

    def __init__(self, system, database, folder, data_set):
        self.system, self.database, self.folder, self.data_set = system, database, folder, data_set
        self.ids = 0

    def run(self, script, clients, seconds, *flags):
        path = self.folder / "pgbench.sql"
        path.write_text(script.format(bots=self.data_set.bots,
                                      conversations=self.data_set.conversations, ids=self.ids))
        path.chmod(0o644)
        meter = Meter(None, self.system.pid)
        reply = self.system.cluster.run(
            "pgbench", "-n", "-M", "prepared", "-f", path, "-c", str(clients),
            "-j", str(min(clients, 2)), "-T", str(seconds), "-h", "127.0.0.1",
            "-p", str(self.system.cluster.port), "-U", "botapi", *flags, self.database)
        requests = int(re.search(r"processed: (\d+)", reply)[1])
        return {
            "rate": float(re.search(r"tps = ([\d.]+)", reply)[1]),
            "mean_ms": float(re.search(r"latency average = ([\d.]+)", reply)[1]),
            "clients": clients,
        } | meter.read(requests)

    def at_rate(self, script, clients, seconds, rate):
        """An open loop: times count from when a transaction was due."""
        with tempfile.TemporaryDirectory(dir=self.folder) as made:
            logs = Path(made)
            logs.chmod(0o777)
            reply = self.run(script, clients, seconds, "-R", f"{rate:.0f}", "-l",
                            "--log-prefix", logs / "pgbench")
            times = sorted(int(line.split()[2]) for log in logs.iterdir()
                           for line in log.read_text().splitlines())
        for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99), ("p999_ms", 0.999)):
            reply[name] = percentile(times, share) / 1e3
        return reply

    def best(self, script, seconds):
        """The best result of 8, 32 and 64 clients, each for a third of the time."""
        share = max(1, round(seconds / 3))
        return max((self.run(script, clients, share) for clients in (8, 32, 64)),
                   key=lambda run: run["rate"])

    def pick_ids(self, count):
        """Makes the table of random ids that `GET` draws from."""
        self.ids = count
        self.system.sql(
            "CREATE TABLE picked AS SELECT row_number() OVER () AS n, id FROM"
            f" (SELECT id FROM messages ORDER BY random() LIMIT {count}) AS picks;"
            "ALTER TABLE picked ADD PRIMARY KEY (n)", self.database)


def copy_in(system, database, source):
    """Copies the rows of a loaded database into an empty one: seconds for the messages alone."""
    psql = [system.cluster.programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h",
            "127.0.0.1", "-p", str(system.cluster.port), "-U", "botapi"]
    seconds = 0.0
    for table in ("bots", "conversations", "pairings", "messages"):
        path = system.folder / f"{table}.copy"
        with open(path, "wb") as rows:
            subprocess.run([*psql, "-d", source, "-c", f"COPY {table} TO STDOUT"],
                           stdout=rows, check=True)
        began = time.monotonic()
        with open(path, "rb") as rows:
            subprocess.run([*psql, "-d", database, "-c", f"COPY {table} FROM STDIN"],
                           stdin=rows, check=True)
        seconds = time.monotonic() - began
        path.unlink()
    return seconds


def copy_out(system, database, conversation):
    """Seconds in which the database hands over the rows of a conversation, in order."""
    began = time.monotonic()
    subprocess.run(
        [system.cluster.programs / "psql", "-X", "-q", "-h", "127.0.0.1", "-p",
         str(system.cluster.port), "-U", "botapi", "-d", database, "-c",
         f"COPY (SELECT {COLUMNS} FROM messages WHERE conversation = '{conversation}'"
         " ORDER BY instant, seq) TO STDOUT"],
        stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


@contextmanager
def raw_http(threads):
    """The bare Beast loop: its port and its process."""
    running = subprocess.Popen([PROGRAMS / "bench_raw_http", str(threads)],
                               stdout=subprocess.PIPE, text=True)
    try:
        yield int(running.stdout.readline()), running.pid
    finally:
        running.kill()
        running.wait()
