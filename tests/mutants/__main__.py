"""Mutation tests: does a test fail if a line is wrong? Usage: see --help."""

import argparse
import difflib
import fnmatch
import hashlib
import os
import pathlib
import sys
import time

import explained
import results as outcomes
from judge import Judge
from mutation import mutations_of
from program import Build, Program

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/mutants"
EXPLAINED = pathlib.Path(__file__).with_name("explained.toml")

# A scope: its files, the programs that test it, and the share of mutants that they must kill.
SCOPES = {
    "core": {
        "files": ["libbotcore/src/*.cpp"],
        "programs": ["unit_core", "unit_memory", "unit_system"],
        "target": 95.0,
        "number": 150,
    },
    # The parts of HTTP that need no socket.
    "http": {
        "files": [
            "adapters/http/access/*.cpp",
            "adapters/http/api/client_command.cpp",
            "adapters/http/api/page_cache.cpp",
            "adapters/http/api/parameters.cpp",
            "adapters/http/api/server_frame.cpp",
            "adapters/http/bridge/fair_queue.hpp",
            "adapters/http/bridge/refusal_pace.hpp",
            "adapters/http/bridge/waiting_lanes.hpp",
            "adapters/http/codec/*.cpp",
            "adapters/http/connection/admission.cpp",
            "adapters/http/connection/chunk_decoder.cpp",
            "adapters/http/connection/head_scanner.cpp",
            "adapters/http/dispatch/router.cpp",
            "adapters/http/live/event_batch.cpp",
            "adapters/http/live/event_ring.cpp",
            "adapters/http/protocol/*.cpp",
            "adapters/http/websocket/deflate.cpp",
            "adapters/http/websocket/frame.cpp",
            "adapters/http/websocket/frame_reader.cpp",
            "adapters/http/websocket/utf8_check.cpp",
            "adapters/wire/*.cpp",
        ],
        "programs": ["http_tests", "http_threads_tests", "wire_tests"],
        "target": 90.0,
        "number": 100,
    },
}


def options_of(arguments):
    parser = argparse.ArgumentParser(
        prog="./dev mutants", description="Changes one line at a time, and runs the unit tests. "
        "A change that no test notices is a survivor: kill it with a test, or explain it in "
        "tests/mutants/explained.toml.")
    parser.add_argument("--scope", choices=SCOPES, action="append", help="default: both")
    parser.add_argument("--file", metavar="PART", help="only files whose path has this part")
    parser.add_argument("--number", type=int, help="mutants to judge in each scope")
    parser.add_argument("--all", action="store_true", help="every mutant: a night")
    parser.add_argument("--seed", type=int, default=1, help="which mutants a sample has")
    parser.add_argument("--survivors", action="store_true",
                        help="judge only the survivors of earlier runs again")
    parser.add_argument("--list-survivors", action="store_true",
                        help="judge nothing: list the survivors of earlier runs")
    parser.add_argument("--fresh", action="store_true", help="forget earlier runs")
    return parser.parse_args(arguments)


def files_of(scope):
    found = []
    for path in sorted(ROOT.joinpath("libbotcore").rglob("*.?pp")) + sorted(
            ROOT.joinpath("adapters").rglob("*.?pp")):
        file = path.relative_to(ROOT).as_posix()
        if any(fnmatch.fnmatch(file, pattern) for pattern in SCOPES[scope]["files"]):
            found.append(file)
    return found


def sources_of(scope):
    """The text of each file."""
    return {file: (ROOT / file).read_text() for file in files_of(scope)}


def hash_of(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Progress:
    """One line on a terminal; elsewhere a line now and then."""

    def __init__(self, name, total):
        self.name, self.total, self.begin = name, total, time.monotonic()
        self.counts = {verdict: 0 for verdict in outcomes.JUDGED}

    def show(self, verdict):
        self.counts[verdict] += 1
        done = sum(self.counts.values())
        each = (time.monotonic() - self.begin) / done
        text = (f"{self.name} {done}/{self.total}, "
                f"{self.counts[outcomes.SURVIVED]} survived, {each:.1f} s each")
        if sys.stderr.isatty():
            filled = 30 * done // max(self.total, 1)
            bar = "#" * filled + "." * (30 - filled)
            print(f"\r[{bar}] {text}\033[K", end="\n" if done == self.total else "",
                  file=sys.stderr, flush=True)
        elif done % 25 == 0 or done == self.total:
            print(text, file=sys.stderr, flush=True)


def drawn(mutations, options):
    """The order in which a sample takes them, or all in the order of the files."""
    if options.all or options.file or options.survivors:
        return list(mutations)
    # By a hash, so that an explanation or a changed line moves no other mutant.
    return sorted(mutations, key=lambda each: hash_of(f"{options.seed} {each.key}"))


def judge_scope(scope, options, sources, mutations, known):
    """Judges mutants until there are enough. Returns pairs of a mutant and its result."""
    build = Build(BUILD)
    judge = Judge(ROOT, build, [Program(build, name) for name in SCOPES[scope]["programs"]],
                  BUILD / "work" / scope, files_of(scope))
    tests = judge.fingerprint()
    number = options.number or SCOPES[scope]["number"]
    if options.all or options.file or options.survivors:
        number = options.number or len(mutations)
    progress, judged, is_measured = Progress(scope, number), [], False
    for mutation in drawn(mutations, options):
        source = hash_of(sources[mutation.file])
        result = known.find(mutation, source, tests)
        if result is None and judge.sources_of(mutation.file):
            if not is_measured:
                judge.measure()
                is_measured = True
            result = judge.judge(mutation, source, tests)
            known.add(result)
        if result is None or result.verdict not in outcomes.JUDGED:
            continue
        judged.append((mutation, result))
        progress.show(result.verdict)
        if len(judged) >= number:
            break
    return judged


def show_survivor(mutation):
    print(f"\n{mutation.file}:{mutation.number}")
    for line in difflib.ndiff([mutation.line.rstrip()], mutation.becomes.rstrip().splitlines()):
        if not line.startswith("?"):
            print(f"  {line.rstrip()}")


def score_of(judged):
    killed = sum(result.verdict != outcomes.SURVIVED for _, result in judged)
    return 100 * killed / len(judged) if judged else 100.0


def report(rows):
    print(f"\n{'scope':8}{'judged':>8}{'killed':>8}{'late':>8}{'survived':>10}"
          f"{'explained':>11}{'score':>9}{'target':>9}")
    for scope, judged, explained_number in rows:
        count = {verdict: sum(result.verdict == verdict for _, result in judged)
                 for verdict in outcomes.JUDGED}
        print(f"{scope:8}{len(judged):8}{count[outcomes.KILLED]:8}{count[outcomes.SLOW]:8}"
              f"{count[outcomes.SURVIVED]:10}{explained_number:11}"
              f"{score_of(judged):7.1f} %{SCOPES[scope]['target']:7.1f} %")


def main(arguments):
    options = options_of(arguments)
    os.nice(10)
    explanations = explained.read(EXPLAINED)
    rows, covered = [], []
    for scope in options.scope or SCOPES:
        path = BUILD / f"{scope}.jsonl"
        if options.fresh:
            path.unlink(missing_ok=True)
        known = outcomes.Results(path)
        sources = sources_of(scope)
        everything = [mutation for file, text in sources.items()
                      for mutation in mutations_of(file, text)]
        own = [each for each in explanations if each.pattern or each.file in sources]
        # A pattern may be about another scope.
        stale = explained.stale_of([each for each in own if each.file], everything)
        if stale:
            sys.exit("\n".join(f"{EXPLAINED.name}: no such mutant any more: {each}"
                               for each in stale))
        covered += own

        wanted = [each for each in everything if not any(one.covers(each) for one in own)
                  and (not options.file or options.file in each.file)]
        if options.survivors or options.list_survivors:
            wanted = [each for each in wanted
                      if (found := known.by_key.get(each.key)) is not None
                      and found.verdict == outcomes.SURVIVED]
        if options.list_survivors:
            for mutation in wanted:
                show_survivor(mutation)
            continue
        judged = judge_scope(scope, options, sources, wanted, known)
        number = sum(any(one.covers(each) for one in own) for each in everything)
        rows.append((scope, judged, number))
        for mutation, result in judged:
            if result.verdict == outcomes.SURVIVED:
                show_survivor(mutation)
    unknown = [each for each in explanations if each not in covered]
    if unknown and not options.scope:
        sys.exit("\n".join(f"{EXPLAINED.name}: no such file: {each}" for each in unknown))
    if rows:
        report(rows)
    if any(score_of(judged) < SCOPES[scope]["target"] for scope, judged, _ in rows):
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
