"""Decides on a mutant: compiles it, links it with the tests, and runs them."""

import hashlib
import pathlib
import shutil
import subprocess

from program import angle_includes
from results import KILLED, SAME, SLOW, SURVIVED, UNBUILT, Result

# A mutant that is told apart by no test, and is the same once it is optimised, is the same.
OPTIMISED = ("-O2",)
DEPENDENTS_MAX = 12  # Sources that include a header.
COMPILE_SECONDS = 120


class Judge:
    def __init__(self, root, build, programs, scratch, including):
        """`including` are the files whose headers of libraries are compiled in advance."""
        self.root = root
        self.including = including
        self.build = build
        self.programs = programs
        self.scratch = scratch
        self.limits = {}  # Seconds, for each program.
        self.originals = {}  # Hashes of objects.
        self.prepared = {}  # Precompiled headers, for each set of flags.
        shutil.rmtree(scratch, ignore_errors=True)
        (scratch / "overlay").mkdir(parents=True)

    def measure(self):
        """Runs the tests of the source as it is. They must pass."""
        for program in self.programs:
            spent = program.measure(self.scratch)
            self.limits[program.name] = 4 + 4 * spent

    def fingerprint(self):
        joined = "".join(program.fingerprint for program in self.programs)
        return hashlib.sha256(joined.encode()).hexdigest()[:16]

    def sources_of(self, file):
        """What has to be compiled if the file changes, or nothing if that is too much."""
        path = self.root / file
        if path.suffix == ".cpp":
            return [str(path)]
        objects = {each for program in self.programs
                   for each in (*program.objects, *program.archived)}
        found = self.build.sources_with(path, objects)
        return found if 0 < len(found) <= DEPENDENTS_MAX else []

    def judge(self, mutation, source, tests):
        sources = self.sources_of(mutation.file)
        overlay = self.scratch / "overlay" / mutation.file
        overlay.parent.mkdir(parents=True, exist_ok=True)
        overlay.write_text(mutation.applied_to((self.root / mutation.file).read_text()))
        try:
            verdict, by = self.verdict_on(mutation, sources)
        finally:
            overlay.unlink()
        return Result(mutation.key, verdict, by[:200], source, tests)

    def verdict_on(self, mutation, sources):
        made, changed = {}, False
        for number, source in enumerate(sources):
            output = self.scratch / f"{number}.o"
            if not self.compile(source, output):
                return UNBUILT, ""
            changed = changed or self.hash(output) != self.original(source)
            made[self.build.object_of(source)] = output
        if not changed:
            return SAME, ""

        stem = pathlib.PurePath(mutation.file).stem
        for program in self.programs:
            relevant = {old: new for old, new in made.items()
                        if old in program.objects or old in program.archived}
            if not relevant:
                continue
            binary = self.scratch / "tests"
            if not program.link(relevant, binary, stem):
                return UNBUILT, "link"
            outcome = program.run(binary, self.limits[program.name])
            if outcome.is_late:
                return SLOW, program.name
            if not outcome.is_ok:
                return KILLED, outcome.failure.replace(str(self.root) + "/", "")
        if all(self.is_same_optimised(source) for source in sources):
            return SAME, "optimised"
        return SURVIVED, ""

    def is_same_optimised(self, source):
        output = self.scratch / "optimised.o"
        return (self.compile(source, output, OPTIMISED)
                and self.hash(output) == self.original(source, OPTIMISED))

    def original(self, source, flags=()):
        """The hash of the object without a mutant, compiled in the same way."""
        if (source, flags) not in self.originals:
            output = self.scratch / "original.o"
            if not self.compile(source, output, flags, is_original=True):
                raise SystemExit(f"{source} does not compile")
            self.originals[source, flags] = self.hash(output)
        return self.originals[source, flags]

    @staticmethod
    def hash(path):
        return hashlib.sha256(path.read_bytes()).digest()

    def compile(self, source, output, flags=(), is_original=False):
        """Compiles a source, or its mutant if the overlay has one."""
        words = self.build.commands[source]
        options = words[1:words.index("-o")]
        mutated = self.scratch / "overlay" / pathlib.Path(source).relative_to(self.root)
        includes = [] if is_original else [f"-I{self.scratch / 'overlay'}"]
        prepared = [] if flags else ["-include", str(self.header_for(words[0], options))]
        command = [words[0], *includes, *prepared, *options, *flags, "-fmax-errors=1", "-w",
                   "-o", str(output), "-c",
                   str(mutated) if mutated.exists() and not is_original else source]
        try:
            return subprocess.run(command, cwd=self.build.folder, capture_output=True,
                                  check=False, timeout=COMPILE_SECONDS).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def header_for(self, compiler, options):
        """A precompiled header with what our sources include of libraries, made once."""
        key = hashlib.sha256(" ".join(options).encode()).hexdigest()[:8]
        if key in self.prepared:
            return self.prepared[key]
        header = self.scratch / f"libraries_{key}.hpp"
        includes = angle_includes(self.root / file for file in self.including)
        header.write_text("".join(f"#include {each}\n" for each in includes))
        subprocess.run([compiler, *options, "-w", "-x", "c++-header", header,
                        "-o", f"{header}.gch"], cwd=self.build.folder, check=True)
        self.prepared[key] = header
        return header
