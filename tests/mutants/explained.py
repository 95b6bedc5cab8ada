"""The survivors that no test can kill, each with the reason: explained.toml.

An entry names a file, the text of a line, and the text that a mutant puts there, or a list of such
texts; without `becomes`, every mutant of that line. Instead of file and line it may have a pattern:
a regular expression for whole lines of any file. It has no line numbers, so it outlives changes
elsewhere.
"""

import dataclasses
import re
import tomllib


KEYS = {"file", "line", "becomes", "pattern", "why"}


@dataclasses.dataclass(frozen=True)
class Explanation:
    file: str  # Or an empty text.
    line: str  # Without the space at both ends, as all text here.
    becomes: tuple[str, ...]  # Empty: any.
    pattern: str  # Or an empty text.
    why: str

    def covers(self, mutation):
        if self.becomes and squeezed(mutation.becomes) not in self.becomes:
            return False
        if self.pattern:
            return re.fullmatch(self.pattern, mutation.line.strip()) is not None
        return mutation.file == self.file and mutation.line.strip() == self.line

    def __str__(self):
        return self.pattern or f"{self.file}: {self.line}"


def squeezed(text):
    """A mutant of two lines becomes one, with a space in between."""
    return " ".join(part.strip() for part in text.strip().splitlines())


def read_entry(entry):
    becomes = entry.get("becomes", [])
    return Explanation(
        entry.get("file", ""), entry.get("line", "").strip(),
        tuple(squeezed(one) for one in ([becomes] if isinstance(becomes, str) else becomes)),
        entry.get("pattern", ""), entry.get("why", "").strip())


def read(path):
    entries = tomllib.loads(path.read_text()).get("survivor", []) if path.exists() else []
    for entry in entries:
        made = read_entry(entry)
        is_whole = made.why and (made.pattern or (made.file and made.line))
        if set(entry) - KEYS or not is_whole:
            raise SystemExit(
                f"{path}: an entry needs `why`, and `file` and `line`, or `pattern`: {entry}")
    return [read_entry(entry) for entry in entries]


def stale_of(explanations, mutations):
    """The entries that cover no mutant any more."""
    return [each for each in explanations
            if not any(each.covers(mutation) for mutation in mutations)]
