"""The verdicts of earlier runs: a line of JSON for each, so that a killed run loses one at most."""

import dataclasses
import json

KILLED, SLOW, SURVIVED = "killed", "too slow", "survived"
UNBUILT, SAME = "does not compile", "same code"
JUDGED = (KILLED, SLOW, SURVIVED)


@dataclasses.dataclass
class Result:
    key: str
    verdict: str
    by: str  # The test that failed, or an empty text.
    source: str  # The hash of the mutated file.
    tests: str  # The hash of the programs that ran.


class Results:
    def __init__(self, path):
        self.path = path
        self.by_key = {}
        if path.exists():
            for line in path.read_text(errors="replace").splitlines():
                # The last line may be cut off.
                try:
                    result = Result(**json.loads(line))
                except (json.JSONDecodeError, TypeError):
                    continue
                self.by_key[result.key] = result

    def add(self, result):
        self.by_key[result.key] = result
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            # The line before may have been cut off.
            if file.tell() and not ends_a_line(file):
                file.write(b"\n")
            file.write(json.dumps(dataclasses.asdict(result)).encode() + b"\n")

    def find(self, mutation, source, tests):
        """What is known of a mutant, as long as it holds.

        A test that killed a mutant is taken to kill it still, until the source changes. A survivor
        is tried again as soon as there are other tests.
        """
        result = self.by_key.get(mutation.key)
        if result is None or result.source != source:
            return None
        if result.verdict == SURVIVED and result.tests != tests:
            return None
        return result


def ends_a_line(file):
    file.seek(-1, 2)
    return file.read(1) == b"\n"
