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
    told = json.loads(output.strip().splitlines()[-1])
    if told.pop("failures"):
        raise LoadFailed(f"requests failed:\n{output}")
    return told


def wrk(port, workload, connections, seconds, environment):
    """A closed loop: every connection waits for its answer before it asks again."""
    threads = min(connections, 2)
    done = subprocess.run(
        ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s",
         "-s", HERE / "load.lua", f"http://127.0.0.1:{port}"],
        stdout=subprocess.PIPE, text=True, check=True,
        env=environment | {"WORKLOAD": workload})
    told = figures_of(done.stdout)
    told["rate"] = told["requests"] / told.pop("seconds")
    return told


def open_loop(port, connections, rate, seconds, data_set):
    """A fixed rate, whatever the answers do, of which none refuses."""
    told = overload(port, connections, rate, seconds, data_set)
    if told.pop("refused"):
        raise LoadFailed("requests were refused")
    told.pop("refused_p99_ms")
    told["requests"] = round(told["rate"] * seconds)
    return told


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
    told = json.loads(done.stdout)
    if told.pop("status") != 200:
        raise LoadFailed(url)
    told["first_byte_ms"] *= 1e3
    return told
