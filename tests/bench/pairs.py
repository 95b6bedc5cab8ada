"""Pairs of a write and a read of it: does the read see the write, on any server, and how soon?"""

import http.client
import json
import random
import time
from contextlib import contextmanager

from data_set import bot_id, made_id
from kit.crowd import percentile
from kit.wait import eventually
from machine import Spending
from processes import in_processes
from sites import two_servers, wait_for_replicas

CLIENTS = 4
TOKEN = "Consistency-Token"


def headers_of(freshness, answer):
    """What a read says that must be so fresh: a `token` of the write, the `latest`, or `any`."""
    return {"token": {TOKEN: answer.headers[TOKEN]}, "latest": {TOKEN: "latest"},
            "any": {}}[freshness]


def client(number, ports, count, freshness):
    """Writes to a random server and reads from a random one, by id and by list in turn.

    Returns how many reads saw the write, how many a standby answered, and the milliseconds of each.
    """
    chance = random.Random(number)
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for port in ports]
    conversation = made_id(7, chance.getrandbits(48))
    seen, from_standbys, times = 0, 0, []
    for at in range(count):
        body = json.dumps({"conversationId": conversation, "from": bot_id(0),
                           "to": made_id(8, number), "text": f"{number}, {at}"})
        writer, reader = chance.choice(connections), chance.choice(connections)
        writer.request("POST", "/messages", body, {"Content-Type": "application/json"})
        answer = writer.getresponse()
        written = json.loads(answer.read())
        if answer.status != 201:
            raise AssertionError(f"{answer.status}: {written}")
        path = (f"/messages/{written['id']}" if at % 2 else
                f"/messages?conversationId={conversation}&order=desc&limit=1")
        began = time.perf_counter()
        reader.request("GET", path, headers=headers_of(freshness, answer))
        read = reader.getresponse()
        found = json.loads(read.read())
        times.append(1e3 * (time.perf_counter() - began))
        seen += read.status == 200 and found in (written, [written])
        from_standbys += float(read.headers.get("Staleness", 0)) > 0
    return seen, from_standbys, times


@contextmanager
def delayed(site, delay):
    """Lets the standbys show each commit so much later."""
    def set_delay(value):
        for one in site.standbys:
            one.sql(f"ALTER SYSTEM SET recovery_min_apply_delay = '{value}'")
            one.sql("SELECT pg_reload_conf()")
    set_delay(delay)
    try:
        yield
    finally:
        set_delay("0")
        for server in site.servers:
            wait_for_replicas(server, len(site.standbys))


def pairs(delay, freshness):
    """The number of reads that did not see the write before them."""
    def run(bench):
        site = bench.at(TWO_SERVERS)
        share = -(-bench.options.pairs // CLIENTS)
        with delayed(site, delay):
            if delay != "0":
                eventually(lambda: is_late(site), "the standbys are late")
            spending = Spending(site.processes(), **site.postmasters())
            began = time.monotonic()
            done = in_processes(CLIENTS, client, [one.port for one in site.servers], share,
                                freshness)
            seconds = time.monotonic() - began
            spent = spending.read(share * CLIENTS)
        seen, from_standbys = sum(one[0] for one in done), sum(one[1] for one in done)
        times = sorted(one for _, _, each in done for one in each)
        count = share * CLIENTS
        bench.say(f"{seen:,} of {count:,} read their write; standbys answered {from_standbys:,}")
        return ({"requests": count, "rate": count / seconds, "seen": seen,
                 "from_standbys": from_standbys, "p50_ms": percentile(times, 0.5),
                 "p99_ms": percentile(times, 0.99), "p999_ms": percentile(times, 0.999)} | spent,
                {}, count - seen)
    return run


def is_late(site):
    """Whether what was committed just now can't be read from the standbys yet."""
    cluster = site.store.system.cluster
    reached = cluster.sql("CREATE TEMPORARY TABLE late (); SELECT pg_current_wal_lsn()")
    reached = reached.split()[-1]
    return all(one.sql(f"SELECT pg_last_wal_replay_lsn() < '{reached}'").strip() == "t"
               for one in site.standbys)


TWO_SERVERS = two_servers(lambda bench: bench.standbys())
