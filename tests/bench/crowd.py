"""`./dev bench --crowd`: what crowds of slow, idle and too many clients do to the others.

Each figure is of the release build with its default settings, on SQLite. The crowds, the polite
client and the server share the machine's processors: the figures are worse than with clients of
their own machines.
"""

import multiprocessing
import os
import socket
import statistics
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from data_set import DataSet
from kit.api import Api, Talk
from kit.crowd import Crowd, allow_files, percentile, probe, say_at_length
from kit.tls import Authority, Identity
from loads import overload, wrk
from machine import Meter, memory
from systems import PostgresSystem, SqliteSystem, fill, serving
from workloads import ask_once

SLOW = 10_000
IDLE = 15_000
MANY = 8_000  # Connections of those who want too much.
ROUNDS = 5  # Of overload, and of a load within the capacity.


def fill_talk(server):
    """The paths of a message and of a list that no socket's buffers take whole."""
    with Api(server) as api:
        talk = Talk(api)
        path = say_at_length(api, talk, 150)
        one = talk.say("Oi!", id=str(uuid.uuid4()))["id"]
        return f"/messages/{one}", path


def crowd_of(server, count, path, arrivals, seconds, results):
    allow_files(count + 1_000)
    crowd = Crowd(server, count, path, arrivals)
    crowd.live(seconds)
    oldest = crowd.live(12, refill=False)
    results.put((crowd.cut_after, oldest))
    crowd.close()


def apart(work, *arguments):
    """Starts work in a process of its own, and returns it and where its results come."""
    results = multiprocessing.get_context("fork").Queue()
    process = multiprocessing.get_context("fork").Process(target=work, args=(*arguments, results))
    process.start()
    return process, results


def slow(folder, count, arrivals):
    """The same polite client asks a server that has a crowd, and one beside it that has none: both
    have to do with what the crowd's own program leaves of the processors."""
    most = str(count + 100)
    with (serving(f"sqlite:{folder}/slow.db", folder, "--max-connections", most) as server,
          serving(f"sqlite:{folder}/beside.db", folder) as beside):
        message, path = fill_talk(server)
        message_beside, _ = fill_talk(beside)
        alone = probe(server, message, 10)
        before = memory(server.process.pid)
        process, results = apart(crowd_of, server, count, path, arrivals, 60)
        probe(server, message, 20)  # Until all are there, and some were cut off.
        crowded = probe(server, message, 20)
        spared = probe(beside, message_beside, 20)
        peak = memory(server.process.pid)
        cut_after, oldest = results.get()
        process.join()
    print(f"{count:,} slow clients, up to {arrivals:,} of them coming in a second:")
    for share in (0.5, 0.99):
        print(f"  p{share * 100:.0f} of others {percentile(crowded, share):.2f} ms, "
              f"at a server beside it {percentile(spared, share):.2f} ms: "
              f"{percentile(crowded, share) / percentile(spared, share):.2f} times; "
              f"without a crowd {percentile(alone, share):.2f} ms")
    print(f"  {len(cut_after):,} were cut off, the last one after "
          f"{max(max(cut_after), oldest):.1f} s; memory {before / 2**20:.0f} → "
          f"{peak / 2**20:.0f} MiB")


def idle(folder, count=IDLE):
    allow_files(count + 200)
    authority = Authority(folder)
    for name, identity in (("plain", None), ("TLS", Identity(authority))):
        with serving(f"sqlite:{folder}/idle.db", folder,
                     "--max-connections", str(count + 100), "--idle-timeout", "10m",
                     identity=identity) as server:
            visit = (lambda server=server: ask_once(server.port)) if not identity else (
                lambda server=server: ask_once_over_tls(server))
            kept = [visit() for _ in range(20)]
            before = memory(server.process.pid)
            kept += [visit() for _ in range(count)]
            grown = memory(server.process.pid) - before
            for one in kept:
                one.close()
        print(f"{count:,} idle connections, {name}: {grown / count / 1024:.2f} KiB each")


def ask_once_over_tls(server):
    one = server.trust.wrap_socket(socket.create_connection((server.host, server.port)), server_hostname=server.host)
    one.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert one.recv(4_096).startswith(b"HTTP/1.1 200 ")
    return one


def too_many(folder, system, seconds):
    """Four times the messages that can be taken, and as many as can be, in turns: a database slows
    down as it grows. The load has a processor of its own."""
    data_set = DataSet(bots=100, conversations=2_000, messages=0)
    database = system.new_database()
    with serving(system.url(database), folder) as server:
        fill(server, data_set.bots, None)
        message, _ = fill_talk(server)
        on_processor(1)
        most = wrk(server.port, "post", 256, seconds, data_set.environment())["rate"]
        before = memory(server.process.pid)
        meter = Meter(server.process.pid)
        # So many connections cost something themselves, and so does who reads beside them.
        rounds = [[send_and_read(server, message, rate, seconds, data_set)
                   for rate in (most, 4 * most)] for _ in range(1 + ROUNDS)]
        peak = meter.read(1)["peak_mib"]
        on_processor(0)
    print(f"{system.name}: {most:,.0f} messages/s are taken over 256 connections; of as many and of "
          f"four times as many over {MANY:,}, memory {before / 2**20:.0f} → {peak:.0f} MiB:")
    for (carried, _), (reply, read) in rounds:
        print(f"  {carried['rate']:,.0f} and {reply['rate']:,.0f}: "
              f"{reply['rate'] / carried['rate']:.2f} times; {reply['refused']:,} refused, p99 "
              f"{reply['refused_p99_ms']:.0f} ms; a message is read in {percentile(read, 0.5):.1f} "
              f"ms, p99 {percentile(read, 0.99):.0f} ms")
    # An empty database is the fastest: the first round fills it.
    carried, reply = (statistics.median(one[at][0]["rate"] for one in rounds[1:]) for at in (0, 1))
    print(f"  by the median without the first {reply / carried:.2f} times")


def send_and_read(server, message, rate, seconds, data_set):
    """The results of messages at this rate, and the durations of reads meanwhile."""
    with ThreadPoolExecutor() as beside:
        sending = beside.submit(overload, server.port, MANY, rate, seconds, data_set)
        time.sleep(seconds / 4)  # Until as many wait as may.
        read = probe(server, message, seconds)
        return sending.result(), read


def on_processor(number):
    """Processes that start from now on run on this processor only."""
    os.sched_setaffinity(0, {number})


def too_many_of_both(folder, seconds):
    everywhere = os.sched_getaffinity(0)
    allow_files(MANY)
    on_processor(0)
    for make in (PostgresSystem, SqliteSystem):
        system = make(folder)
        too_many(folder, system, seconds)
        system.remove()
    os.sched_setaffinity(0, everywhere)


def main(quick):
    with tempfile.TemporaryDirectory(prefix="botapi-crowd-") as made:
        folder = Path(made)
        for arrivals in (SLOW // 8, 2 * SLOW):
            slow(folder, 1_000 if quick else SLOW, arrivals)
        idle(folder, 1_000 if quick else IDLE)
        too_many_of_both(folder, 3 if quick else 5)
