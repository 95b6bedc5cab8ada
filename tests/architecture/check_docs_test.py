"""Proves that check_docs.py catches each kind of dead path and link, and nothing else."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECKER = pathlib.Path(__file__).with_name("check_docs.py")

# A tree whose pages name only what is there.
INNOCENT = {
    "README.md": """# Ours

`./dev run`, [the guide](docs/guide.md), [a part of it](docs/guide.md#two-words), [below](#ours),
[a page elsewhere](https://example.com/docs/none.md#none), [us](mailto:us@example.com).
`/messages`, `application/json`, `messages.append`, `and/or`, `0.0.0.0:8000`, `std::list`.

[reference]: docs/guide.md "A title"
""",
    "CHANGELOG.md": "`adapters/gone.cpp` is gone.\n",
    "dev": "",
    "docs/guide.md": """# Guide

`adapters/http/a.cpp`, `adapters/http`, `http/`, `a.cpp`, `http/a.cpp`, `adapters/*`, `build/x.json`,
`adapters/http/{a,b}.cpp`, `adapters/<name>`, `adapters/http/….cpp`, `python3 tests/run.py -k x`, a span
`that breaks a
line`, `` a ` in one ``.

```sh
cat adapters/none.cpp    # `docs/none.md` [none](none.md)
```

<!-- from adapters/http/b.cpp -->
```cpp
int whole;
```

<!-- from compose/x.conf part one -->
```nginx
    inner;
```

```toml
not = "of a file"
```

## Two `words`

## Two words

[one](#two-words) [other](#two-words-1) [up](../README.md) [folder](../adapters/http)
""",
    "docs/adr/0001-a.md": "[all](../guide.md) `a.cpp`\n",
    "tests/e2e/README.md": "`test_*.py`\n",
    "tests/e2e/test_a.py": "",
    "tests/run.py": "",
    "adapters/http/a.cpp": "",
    "adapters/http/b.cpp": "int whole;\n",
    "compose/x.conf": "outer {\n# docs: begin one\n    inner;\n# docs: end one\n}\n",
    "compose/README.md": "`.env`\n",
    "build/made.cpp": "",
}

GUIDE = "docs/guide.md"
PLANTED = {
    "a path that is gone": (GUIDE, "`adapters/http/gone.cpp`"),
    "a folder that is gone": (GUIDE, "`adapters/soci`"),
    "a folder's end that is gone": (GUIDE, "`soci/`"),
    "the end of a path that is gone": (GUIDE, "`soci/a.cpp`"),
    "a file that nobody has": (GUIDE, "`append_plan.cpp`"),
    "a file of a kind that only others have": (GUIDE, "`none.py`"),
    "one of two in braces": (GUIDE, "`adapters/http/{a,c}.cpp`"),
    "a pattern that fits nothing": (GUIDE, "`adapters/<name>.cpp`"),
    "a pattern that would have to cross a slash": (GUIDE, "`adapters/*.cpp`"),
    "a path within a command": (GUIDE, "`python3 tests/gone.py -k x`"),
    "a path after a line break": (GUIDE, "`python3\ntests/gone.py`"),
    "a path from here": (GUIDE, "`./gone`"),
    "only the build's": (GUIDE, "`made.cpp`"),
    "a link to a page that is gone": (GUIDE, "[gone](gone.md)"),
    "a link to a heading that is gone": (GUIDE, "[gone](#gone)"),
    "a link to a heading of a page that is gone": (GUIDE, "[gone](adr/0001-a.md#gone)"),
    "a link from another folder": (GUIDE, "[gone](docs/guide.md)"),
    "a link to a heading in a fenced block": (GUIDE, "```\n# gone\n```\n[gone](#gone)"),
    "a reference that is gone": (GUIDE, "[a]: gone.md"),
    "an image that is gone": (GUIDE, "![a](gone.svg)"),
    "an image in HTML that is gone": (GUIDE, '<img src="gone.svg">'),
    "a link in the README": ("README.md", "[gone](guide.md)"),
    "a path in a decision": ("docs/adr/0001-a.md", "`gone.cpp`"),
    "a path in a README of tests": ("tests/e2e/README.md", "`gone.py`"),
    "a path in the README of containers": ("compose/README.md", "`gone.py`"),
    "a sample of a file that is gone": (GUIDE, "<!-- from a.cpp -->\n```cpp\n```"),
    "a sample that differs from its file":
        (GUIDE, "<!-- from adapters/http/b.cpp -->\n```cpp\nint other;\n```"),
    "a sample that is shorter than its file":
        (GUIDE, "<!-- from compose/x.conf -->\n```nginx\nouter {\n```"),
    "a sample of a part that is not marked":
        (GUIDE, "<!-- from compose/x.conf part two -->\n```nginx\n    inner;\n```"),
    "a sample that differs from its part":
        (GUIDE, "<!-- from compose/x.conf part one -->\n```nginx\ninner;\n```"),
    "a program of no file": (GUIDE, "`adapters/http/b.cpp`:\n\n```cpp\nint whole;\n```"),
    "a configuration of no file": (GUIDE, "```nginx\nouter {}\n```"),
    "a script that differs from the file that it names":
        (GUIDE, "<!-- from dev -->\n```sh\necho\n```"),
    "a path in a page beside the README": ("SECURITY.md", "`gone.py`"),
}


def check(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            file = pathlib.Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return subprocess.run(
            [sys.executable, CHECKER, folder], capture_output=True, text=True, check=False)


class CheckDocs(unittest.TestCase):
    def test_pages_that_name_existing_files_pass(self):
        checked = check(INNOCENT)

        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_each_planted_fault_is_reported_with_its_line(self):
        for what, (page, text) in PLANTED.items():
            with self.subTest(what):
                before = INNOCENT.get(page, "")
                checked = check({**INNOCENT, page: f"{before}\n{text}\n"})

                self.assertEqual(checked.returncode, 1, checked.stdout + checked.stderr)
                lines = checked.stdout.splitlines()
                self.assertEqual(len(lines), 1, checked.stdout)
                first, last = before.count("\n") + 2, before.count("\n") + text.count("\n") + 2
                named, line = lines[0].split(":")[:2]
                self.assertEqual(named, page)
                self.assertIn(int(line), range(first, last + 1))

    def test_a_moved_file_is_reported_with_its_new_path(self):
        checked = check({**INNOCENT, "README.md": "`adapters/a.cpp`\n"})

        self.assertEqual(checked.stdout, "README.md:1: `adapters/a.cpp` is no path of this"
                                         " repository; perhaps adapters/http/a.cpp\n")

    def test_a_folder_without_pages_is_an_error(self):
        self.assertEqual(check({"README.md": "\n"}).returncode, 1)


if __name__ == "__main__":
    unittest.main()
