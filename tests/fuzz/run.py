"""Runs fuzzers. Usage: run.py [--runs NUMBER] [--seconds NUMBER] [NAME...]

Each starts from its seeds and from what once broke it. What a long run learns is kept in
build/fuzz/corpus, and the next one goes on from there; a run with a seed of its own for chance
(--seed) learns nothing, and does the same each time, so far as time allows.

What breaks a promise is written to build/fuzz/found: mend it, and move the file to regressions/.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
BUILD = HERE.parents[1] / "build/fuzz"
FUZZERS = re.findall(r"^add_fuzzer\((\w+)", (HERE / "CMakeLists.txt").read_text(), re.MULTILINE)

# Bytes of an input: enough for all that a reader can tell apart.
SIZES = {"access_token": 128, "command_line": 256, "conversation_token": 160, "cursor": 64,
         "database_url": 256, "forwarded": 200, "frame": 400, "http": 1400, "json": 1024,
         "ndjson": 256, "query": 300, "timestamp": 48, "uuid": 48, "web_address": 200,
         "webhook": 128}
SIZE = 512


def run(name, options):
    """The number of executions; ends the program where a promise was broken."""
    learnt, found = BUILD / "corpus" / name, BUILD / "found"
    learnt.mkdir(parents=True, exist_ok=True)
    found.mkdir(exist_ok=True)
    starts = [folder for folder in (HERE / "seeds" / name, HERE / "regressions" / name)
              if folder.is_dir()]
    assert starts, f"{name} has no seeds"

    with tempfile.TemporaryDirectory() as forgotten:
        told = subprocess.run(
            [BUILD / f"bin/{name}_fuzzer", f"-runs={options.runs}", f"-seed={options.seed or 0}",
             f"-max_total_time={options.seconds}", f"-max_len={SIZES.get(name, SIZE)}",
             "-timeout=20", "-rss_limit_mb=4096", "-print_final_stats=1",
             f"-artifact_prefix={found}/{name}-",
             forgotten if options.seed else learnt, *starts],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = told.stdout.decode("utf-8", "replace")
    if told.returncode:
        sys.exit(f"{text[-8000:]}\n{name}: broken")
    return int(re.search(r"number_of_executed_units: (\d+)", text)[1])


def main():
    reader = argparse.ArgumentParser(description="Runs fuzzers.")
    reader.add_argument("--runs", type=int, default=10_000_000, help="executions of each")
    reader.add_argument("--seconds", type=int, default=0, help="at most, of each; 0: any")
    reader.add_argument("--seed", type=int, help="for chance, in place of a new one")
    reader.add_argument("names", nargs="*", metavar="NAME", help="one of " + ", ".join(FUZZERS))
    options = reader.parse_args()
    unknown = set(options.names) - set(FUZZERS)
    if unknown:
        reader.error("there is no fuzzer named " + ", ".join(sorted(unknown)))
    for name in options.names or FUZZERS:
        print(f"{name}: {run(name, options):,} executions, nothing found", flush=True)


if __name__ == "__main__":
    main()
