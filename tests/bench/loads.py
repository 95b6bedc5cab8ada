"""The load generators, and what they say."""

import json
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAMS = ROOT / "build/release/bin"


class LoadFailed(Exception):
    pass


def figures_of(output):
    """The last line, which is JSON. Whatever was refused spoils the run."""
    reply = json.loads(output.strip().splitlines()[-1])
    if reply.pop("failures"):
        raise LoadFailed(f"requests failed:\n{output}")
    return reply


def wrk(port, workload, connections, seconds, environment):
    """A closed loop: every connection waits for its answer before it asks again."""
    threads = min(connections, 2)
    done = subprocess.run(
        ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s",
         "-s", HERE / "load.lua", f"http://127.0.0.1:{port}"],
        stdout=subprocess.PIPE, text=True, check=True,
        env=environment | {"WORKLOAD": workload})
    reply = figures_of(done.stdout)
    reply["rate"] = reply["requests"] / reply.pop("seconds")
    return reply


def open_loop(port, connections, rate, seconds, data_set):
    """A fixed rate, whatever the answers do, of which none refuses."""
    reply = overload(port, connections, rate, seconds, data_set)
    if reply.pop("refused"):
        raise LoadFailed("requests were refused")
    reply.pop("refused_p99_ms")
    reply["requests"] = round(reply["rate"] * seconds)
    return reply


def overload(port, connections, rate, seconds, data_set):
    """The same, where some may be refused by 503 or 429."""
    done = subprocess.run(
        [PROGRAMS / "bench_open_loop", str(port), str(connections), f"{rate:.0f}", str(seconds),
         str(data_set.conversations), str(data_set.bots)],
        stdout=subprocess.PIPE, text=True, check=True)
    return figures_of(done.stdout)


def live(port, watchers, conversations, rate, seconds, data_set):
    """Messages at a fixed rate to conversations that are watched: how long until they are heard."""
    done = subprocess.run(
        [PROGRAMS / "bench_live", str(port), str(watchers), str(conversations), f"{rate:.0f}",
         str(seconds), str(data_set.bots)],
        stdout=subprocess.PIPE, text=True, check=True)
    return figures_of(done.stdout)


def download(url):
    """Reads an answer to its end, and throws it away."""
    done = subprocess.run(
        ["curl", "-sS", "-o", "/dev/null", "-w",
         '{"first_byte_ms": %{time_starttransfer}, "seconds": %{time_total}, '
         '"bytes": %{size_download}, "status": %{http_code}}', url],
        stdout=subprocess.PIPE, text=True, check=True)
    reply = json.loads(done.stdout)
    if reply.pop("status") != 200:
        raise LoadFailed(url)
    reply["first_byte_ms"] *= 1e3
    return reply
