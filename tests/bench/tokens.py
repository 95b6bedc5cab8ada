"""The rate of POSTs that answer with a token, beside a program that knew none."""

import statistics

from loads import wrk
from machine import Spending
from systems import fill, serving
from workloads import NotMeasured

CONNECTIONS = 64
TURNS = 4  # Of each program.
WARM_UP = 2  # Seconds.


def both_programs(bench, stack):
    """A server of the program under test and one of the reference, each with a database."""
    system = bench.store("PostgreSQL").system
    servers = []
    for program in (None, bench.options.reference):
        database = system.url(system.new_database(migrate_with=program))
        server = stack.enter_context(serving(database, bench.folder, program=program))
        fill(server, bench.data_set.bots, None)
        servers.append(server)
    return servers


def post(bench, server, seconds):
    environment = bench.data_set.environment()
    spending = Spending([server.process.pid], primary_us=[bench.store("PostgreSQL").system.pid])
    reply = wrk(server.port, "post", CONNECTIONS, seconds, environment)
    return reply | spending.read(reply["requests"])


def medians(runs):
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def tokens(bench):
    """By turns, each program first as often as the other: the ratio of the medians."""
    if not bench.options.reference:
        raise NotMeasured("it needs --reference")
    ours, theirs = bench.at(both_programs)
    for server in (ours, theirs):
        post(bench, server, WARM_UP)
    runs = {ours: [], theirs: []}
    for turn in range(TURNS):
        for server in (ours, theirs) if turn % 2 == 0 else (theirs, ours):
            runs[server].append(post(bench, server, bench.seconds))
    mine, reference = medians(runs[ours]), medians(runs[theirs])
    bench.say(f"a POST costs {mine['server_us'] + mine['primary_us']:.1f} µs, and without tokens "
              f"{reference['server_us'] + reference['primary_us']:.1f}")
    return mine, reference, mine["rate"] / reference["rate"]
