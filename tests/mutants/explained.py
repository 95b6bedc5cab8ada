"""The survivors that no test can kill, each with the reason: explained.toml.

An entry names a file, the text of a line, and the text that the mutant puts there; or, without
`becomes`, every mutant of that line. It has no line numbers, so it outlives changes elsewhere.
"""

import dataclasses
import tomllib


@dataclasses.dataclass(frozen=True)
class Explanation:
    file: str
    line: str  # Without the space at both ends, as all text here.
    becomes: str | None
    why: str

    def covers(self, mutation):
        return (mutation.file == self.file and mutation.line.strip() == self.line
                and self.becomes in (None, squeezed(mutation.becomes)))


def squeezed(text):
    """A mutant of two lines becomes one, with a space in between."""
    return " ".join(part.strip() for part in text.strip().splitlines())


def read(path):
    entries = tomllib.loads(path.read_text()).get("survivor", []) if path.exists() else []
    read_entries = []
    for entry in entries:
        unknown = set(entry) - {"file", "line", "becomes", "why"}
        if unknown or not entry.get("why", "").strip():
            raise SystemExit(f"{path}: an entry needs `file`, `line` and `why`: {entry}")
        becomes = entry.get("becomes")
        read_entries.append(Explanation(entry["file"], entry["line"].strip(),
                                        None if becomes is None else squeezed(becomes),
                                        entry["why"].strip()))
    return read_entries


def stale_of(explanations, mutations):
    """The entries that cover no mutant any more."""
    return [each for each in explanations
            if not any(each.covers(mutation) for mutation in mutations)]
