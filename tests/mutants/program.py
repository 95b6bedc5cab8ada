"""The test programs of a build: how their objects are compiled, linked and run."""

import dataclasses
import functools
import hashlib
import json
import os
import pathlib
import re
import resource
import shlex
import signal
import subprocess
import xml.etree.ElementTree

MEMORY = 3 << 30  # Bytes of addresses: a mutant may allocate for ever.
OUTPUT_MAX = 1 << 20  # Bytes that a test program may write.


@dataclasses.dataclass
class Outcome:
    """Of one run of a test program."""

    is_ok: bool
    is_late: bool
    failure: str  # The first failure, or an empty text.


class Build:
    """A build folder of CMake with Ninja."""

    def __init__(self, folder):
        self.folder = folder
        entries = json.loads((folder / "compile_commands.json").read_text())
        self.commands = {entry["file"]: shlex.split(entry["command"]) for entry in entries}

    @functools.cached_property
    def includes(self):
        """The files that each object was made of."""
        listing = subprocess.run(["ninja", "-C", self.folder, "-t", "deps"], check=True,
                                 capture_output=True, text=True).stdout
        found, files = {}, []
        for line in listing.splitlines():
            if line.startswith(" "):
                files.append(line.strip())
            elif ": #deps" in line:
                files = found[line.split(": #deps")[0]] = []
        return found

    def object_of(self, source):
        command = self.commands[str(source)]
        return command[command.index("-o") + 1]

    def sources_with(self, header, objects):
        """The sources of those objects that include the header."""
        source_of = {self.object_of(source): source for source in self.commands}
        return [source_of[each] for each, files in self.includes.items()
                if each in objects and str(header) in files and each in source_of]


class Program:
    """A test program, which can be linked with other objects in place of its own."""

    def __init__(self, build, name):
        self.build = build
        self.name = name
        listing = subprocess.run(["ninja", "-C", build.folder, "-t", "commands", f"bin/{name}"],
                                 check=True, capture_output=True, text=True).stdout
        step = next(step for step in listing.splitlines()[-1].split(" && ")
                    if f"-o bin/{name}" in step)
        words = shlex.split(step)
        members = members_of(listing)
        self.head = [word for word in words[:words.index("-o")] if not word.endswith(".o")]
        self.objects = [word for word in words if word.endswith(".o")]
        self.libraries = []
        self.archived = []  # The objects of our own archives.
        for word in words[words.index("-o") + 2:]:
            if word not in members:
                self.libraries.append(word)
                continue
            # As an archive, but without the object that a mutant replaces: what the mutant fails to
            # define must not be taken from there.
            self.libraries += ["-Wl,--start-lib", *members[word], "-Wl,--end-lib"]
            self.archived += members[word]
        self.seconds_of = {}  # For each object with tests.

    @functools.cached_property
    def fingerprint(self):
        return hashlib.sha256((self.build.folder / f"bin/{self.name}").read_bytes()).hexdigest()[:16]

    def ordered(self, stem):
        """The objects, those first whose tests are about `stem`, then those that are fast.

        Catch2 runs tests in the order in which their objects are linked.
        """
        def rank(each):
            name = pathlib.PurePath(each).name.split(".")[0].removesuffix("_test")
            is_near = name.startswith(stem) or stem.startswith(name)
            return (0 if is_near else 1, self.seconds_of.get(each, 0.0))
        return sorted(self.objects, key=rank)

    def link(self, replaced, output, stem=""):
        """Links with `replaced`: paths of new objects, by the names of old ones."""
        new = [path for old, path in replaced.items() if old not in self.objects]
        own = [str(replaced.get(each, each)) for each in self.ordered(stem)]
        libraries = [each for each in self.libraries if each not in replaced]
        command = [*self.head, *map(str, new), *own, "-o", str(output), *libraries]
        return subprocess.run(command, cwd=self.build.folder, capture_output=True,
                              check=False).returncode == 0

    def run(self, path, seconds):
        report = path.with_suffix(".txt")
        command = [path, "--abort", "--order", "decl", "-r", "compact"]
        with report.open("wb") as output:
            is_late, status = limited(command, output, path.parent, seconds)
        text = report.read_text(errors="replace")
        failure = next((line for line in text.splitlines() if ": failed" in line), "")
        return Outcome(status == 0, is_late, "" if status == 0 else
                       failure or f"exit status {status}")

    def measure(self, scratch):
        """Runs the program once, and learns how long each file of tests takes. Returns the sum."""
        report = scratch / f"{self.name}.xml"
        command = [self.build.folder / f"bin/{self.name}", "-r", "xml", "-d", "yes"]
        with report.open("wb") as output:
            is_late, status = limited(command, output, scratch, 600)
        if is_late or status:
            raise SystemExit(f"bin/{self.name} fails without any mutant: {report}")
        durations = seconds_by_file(report.read_text(errors="replace"))
        by_stem = {pathlib.PurePath(file).stem: spent for file, spent in durations.items()}
        for each in self.objects:
            self.seconds_of[each] = by_stem.get(pathlib.PurePath(each).name.split(".")[0], 0.0)
        return sum(durations.values())


def members_of(listing):
    """The objects of each archive, from the commands that make them."""
    found = {}
    for line in listing.splitlines():
        made = re.search(r" qc (\S+) (.*?) && ", line)
        if made:
            found[made[1]] = [word for word in made[2].split() if word.endswith(".o")]
    return found


def seconds_by_file(report):
    """From a report of Catch2 in XML."""
    spent = {}
    for case in xml.etree.ElementTree.fromstring(report).iter("TestCase"):
        result = case.find("OverallResult")
        if result is not None:
            file = case.get("filename")
            spent[file] = spent.get(file, 0.0) + float(result.get("durationInSeconds", 0))
    return spent


def limited(command, output, folder, seconds):
    """Runs a command within limits. Returns whether it was late, and its status."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_MAX * 64, OUTPUT_MAX * 64))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    started = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                               stderr=subprocess.DEVNULL, cwd=folder, preexec_fn=limit,
                               start_new_session=True)
    try:
        return False, started.wait(seconds)
    except subprocess.TimeoutExpired:
        return True, -signal.SIGKILL
    finally:
        # What it has started, too.
        try:
            os.killpg(started.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        started.wait()


def angle_includes(paths):
    """The headers of libraries that the files include."""
    found = set()
    for path in paths:
        found.update(re.findall(r"^#include (<[^>]+>)$", path.read_text(), re.MULTILINE))
    return sorted(found)
