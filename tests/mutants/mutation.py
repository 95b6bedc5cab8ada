"""Mutants of a source: each changes one line. universalmutator makes them, by rules of text."""

import contextlib
import dataclasses
import hashlib
import io
import re

RULES = ["universal.rules", "c_like.rules", "cpp.rules"]
NAME = re.compile(r"\w")


@dataclasses.dataclass(frozen=True)
class Mutation:
    file: str  # Relative to the repository.
    number: int  # Of the line, from 1.
    line: str  # As it is, with its end.
    becomes: str  # One or two lines, with their ends.
    nth: int  # How many lines of the same text are above.

    @property
    def key(self):
        """Stays the same when other lines are added or removed."""
        parts = (self.file, str(self.nth), self.line, self.becomes)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    def applied_to(self, text):
        lines = text.splitlines(keepends=True)
        assert lines[self.number - 1] == self.line
        lines[self.number - 1] = self.becomes
        return "".join(lines)


def changed_parts(old, new):
    """Where two texts differ: the begin, and the end in each."""
    begin = 0
    while begin < min(len(old), len(new)) and old[begin] == new[begin]:
        begin += 1
    same = 0
    while same < min(len(old), len(new)) - begin and old[-1 - same] == new[-1 - same]:
        same += 1
    return begin, len(old) - same, len(new) - same


def is_hopeless(line, becomes):
    """Whether the mutant can't compile, or says the same.

    A digit in a name (`uint8_t`) makes another name, which nothing declares. `std::min` and
    `std::begin` are names that have a twin, but other names that contain these are not.
    """
    if line.split() == becomes.split():
        return True
    if "/*" in becomes and "/*" not in line:
        return False
    begin, end, _ = changed_parts(line, becomes)
    while begin > 0 and NAME.match(line[begin - 1]):
        begin -= 1
    while end < len(line) and NAME.match(line[end]) and end > begin:
        end += 1
    changed = line[begin:end]
    return bool(re.match(r"[A-Za-z_]\w*\d", changed)) and changed not in ("0", "1")


def generate(lines):
    """What universalmutator makes of the lines: pairs of a number, and of the line's new text."""
    from universalmutator import mutator

    with contextlib.redirect_stdout(io.StringIO()):
        made = mutator.mutants_regexp(lines, RULES, ignorePatterns=[])
    return [(mutant[0], mutant[1]) for mutant in made]


def mutations_of(file, text, generator=generate):
    """All mutants of a file that may compile, in an order that is always the same."""
    lines = text.splitlines(keepends=True)
    found = {}
    for number, becomes in generator(lines):
        line = lines[number - 1]
        if is_hopeless(line, becomes):
            continue
        nth = lines[:number - 1].count(line)
        mutation = Mutation(file, number, line, becomes, nth)
        found.setdefault(mutation.key, mutation)
    return sorted(found.values(), key=lambda each: (each.number, each.becomes))
