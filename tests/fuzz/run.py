"""Runs fuzzers. Usage: run.py [--runs NUMBER] [--seconds NUMBER] [NAME...]

Each starts from its seeds and from the inputs that once broke it. build/fuzz/corpus keeps the new
inputs of a run, and the next run starts from them, too. A run with --seed keeps nothing, and does
the same each time, as far as time allows.

An input that breaks a promise is written to build/fuzz/found: fix the fault, and move the file to
regressions/.
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

# Bytes of an input: enough to reach every branch of its reader.
SIZES = {"access_token": 128, "command_line": 256, "conversation_token": 160, "cursor": 64,
         "database_url": 256, "forwarded": 200, "frame": 400, "http": 1400, "inflate": 400,
         "json": 1024,
         "ndjson": 256, "query": 300, "timestamp": 48, "uuid": 48, "web_address": 200,
         "webhook": 128}
SIZE = 512


def run(name, options):
    """Runs one fuzzer, and returns the number of executions. Exits if it breaks a promise."""
    corpus, found = BUILD / "corpus" / name, BUILD / "found"
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(exist_ok=True)
    starts = [folder for folder in (HERE / "seeds" / name, HERE / "regressions" / name)
              if folder.is_dir()]
    assert starts, f"{name} has no seeds"

    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [BUILD / f"bin/{name}_fuzzer", f"-runs={options.runs}", f"-seed={options.seed or 0}",
             f"-max_total_time={options.seconds}", f"-max_len={SIZES.get(name, SIZE)}",
             "-timeout=20", "-rss_limit_mb=4096", "-print_final_stats=1",
             f"-artifact_prefix={found}/{name}-",
             scratch if options.seed else corpus, *starts],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        sys.exit(f"{text[-8000:]}\n{name}: broken")
    return int(re.search(r"number_of_executed_units: (\d+)", text)[1])


def main():
    parser = argparse.ArgumentParser(description="Runs fuzzers.")
    parser.add_argument("--runs", type=int, default=10_000_000, help="executions of each fuzzer")
    parser.add_argument("--seconds", type=int, default=0, help="limit for each fuzzer; 0: none")
    parser.add_argument("--seed", type=int, help="seed of the random numbers")
    parser.add_argument("names", nargs="*", metavar="NAME", help="one of " + ", ".join(FUZZERS))
    options = parser.parse_args()
    unknown = set(options.names) - set(FUZZERS)
    if unknown:
        parser.error("there is no fuzzer named " + ", ".join(sorted(unknown)))
    for name in options.names or FUZZERS:
        print(f"{name}: {run(name, options):,} executions, nothing found", flush=True)


if __name__ == "__main__":
    main()
