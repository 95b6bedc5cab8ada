"""What a read costs the primary, with standbys and without."""

import http.client
import random
from pathlib import Path

from data_set import conversation_id
from machine import Spending
from pairs import TWO_SERVERS
from processes import in_processes
from sites import two_servers

CLIENTS = 4
READS = 60_000
WARM_UP = 2_000


def paths_of(kind, bench, store):
    if kind == "get":
        ids = Path(store.environment["IDS"]).read_text().split()
        return [f"/messages/{one}" for one in ids]
    return [f"/messages?conversationId={conversation_id(number)}"
            for number in range(bench.data_set.conversations)]


def reader(number, ports, paths, count):
    """Returns how many reads a standby answered."""
    chance = random.Random(number)
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for port in ports]
    from_standbys = 0
    for at in range(count):
        connection = connections[at % len(connections)]
        connection.request("GET", chance.choice(paths))
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise AssertionError(answer.status)
        from_standbys += float(answer.headers.get("Staleness", 0)) > 0
    return from_standbys


def cost(site, paths, count):
    """Microseconds of each for a read, everything included that runs meanwhile, and how many reads
    a standby answered.
    """
    ports = [one.port for one in site.servers]
    in_processes(CLIENTS, reader, ports, paths, WARM_UP // CLIENTS)
    site.store.system.checkpoint()  # What making the database left to do is not of the reads.
    spending = Spending(site.processes(), **site.postmasters())
    from_standbys = sum(in_processes(CLIENTS, reader, ports, paths, count // CLIENTS))
    return spending.read(count), from_standbys


def primary_reads(kind):
    """The primary's processor time for a read with standbys, beside that without."""
    def run(bench):
        count = min(READS, bench.options.messages)
        without = bench.at(WITHOUT)
        paths = paths_of(kind, bench, without.store)
        reference, _ = cost(without, paths, count)
        ours, from_standbys = cost(bench.at(TWO_SERVERS), paths, count)
        bench.say(f"the primary spends {ours['primary_us']:.2f} µs on a read, and without standbys "
                  f"{reference['primary_us']:.2f}; a standby answered {from_standbys:,} "
                  f"of {count:,}")
        return (ours | {"requests": count, "from_standbys": from_standbys}, reference,
                ours["primary_us"] / reference["primary_us"])
    return run


WITHOUT = two_servers(lambda bench: [])
