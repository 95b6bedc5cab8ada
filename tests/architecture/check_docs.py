"""Fails if a page names a file that is not there. Usage: check_docs.py SOURCE_DIR

In the pages that are kept by hand, each path of this repository in a code span, and each target of a
link, must exist; so must the heading that an anchor names. Fenced blocks are left out: they show
what a terminal, a file of somebody else's, or a drawing holds.

A fenced block of code that a machine reads (SHOWN) shows a file word for word, so that the tests of
that file are tests of the page. A comment on the line before says which: `<!-- from compose/x.conf -->`
for the whole file, `<!-- from tests/x.cpp part name -->` for the lines between the two that say
`docs: begin name` and `docs: end name`. Blocks in other languages may have such a comment.

A path may leave its beginning out, where the text around it gives that: `bridge/gateway.cpp` is the
end of a path that exists. `{a,b}` stands for both; `…`, `*` and `<name>` for any part of a name.
"""

import itertools
import os
import pathlib
import re
import sys
import urllib.parse

PAGES = ["*.md", "docs/*.md", "docs/adr/*.md", "compose/*.md", "tests/*/README.md"]
HISTORY = {"CHANGELOG.md"}  # It may name what is gone.

# Files that a build makes, and the reader's own files.
ELSEWHERE = re.compile(r"build/.*|fuzzingclient\.json|botapi\.(db|dump|toml)")

SUFFIXES = {".cpp", ".hpp", ".md", ".py", ".sql"}  # And those of the files that there are.
FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
SPAN = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n\s*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
SHOWN = {"cpp", "cmake", "nginx", "haproxy", "caddyfile", "apache", "yaml", "ini", "dockerfile"}
FROM = re.compile(r"^<!-- from (\S+?)(?: part ([\w-]+))? -->$")
LINK = re.compile(
    r"\]\(\s*<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)|^ {0,3}\[[^\]]+\]:\s*(\S+)", re.MULTILINE
)
TAG = re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)=\"([^\"]+)\"")
HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t#]*$", re.MULTILINE)
PATH = re.compile(r"(\./)?[\w.…*<>{},-]+(/[\w.…*<>{},-]+)*/?")
BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
HOLE = re.compile(r"…|\*|<[^<>]*>")


def tree_of(root: pathlib.Path):
    """The paths of all files and folders, but those that a build or Git made."""
    found = []
    for folder, folders, files in os.walk(root):
        here = pathlib.Path(folder).relative_to(root)
        is_top = here == pathlib.Path()
        folders[:] = [
            name for name in folders
            if not (is_top and (name == "build" or name.startswith("."))) and name != "__pycache__"
        ]
        found += [(here / name).as_posix() for name in itertools.chain(folders, files)]
    return sorted(found)


def without_fences(text: str):
    """The text with fenced blocks emptied, so that lines keep their numbers."""
    lines, fence = [], None
    for line in text.split("\n"):
        mark = FENCE.match(line)
        if fence is None and mark:
            fence = mark[1]
        elif fence is not None:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = None
        else:
            lines.append(line)
            continue
        lines.append("")
    return "\n".join(lines)


def anchors_of(text: str):
    """The anchors that GitHub makes: one for each heading."""
    seen, found = {}, set()
    for heading in HEADING.findall(without_fences(text)):
        plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading)
        word = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = seen.get(word, 0)
        seen[word] = count + 1
        found.add(f"{word}-{count}" if count else word)
    return found


def expanded(path: str):
    """The paths that one with braces stands for."""
    braces = BRACES.search(path)
    if not braces:
        return [path]
    ends = path[: braces.start()], path[braces.end() :]
    return [
        one for choice in braces[1].split(",") for one in expanded(ends[0] + choice.strip() + ends[1])
    ]


class Tree:
    def __init__(self, root: pathlib.Path):
        self.root = root
        self.paths = tree_of(root)
        self.suffixes = SUFFIXES | {
            pathlib.PurePosixPath(path).suffix for path in self.paths if (root / path).is_file()
        }
        self.tops = {path for path in self.paths if "/" not in path}
        self.ends = {end for path in self.paths for end in ends_of(path)}

    def names_ours(self, word: str):
        """Whether a word of a code span is meant as a path of this repository."""
        if not PATH.fullmatch(word) or ELSEWHERE.fullmatch(word.removeprefix("./")):
            return False
        first, *rest = word.removeprefix("./").split("/")
        if word.startswith("./") or (rest and (first in self.tops or rest[-1] == "")):
            return True
        return pathlib.PurePosixPath(word).suffix in self.suffixes - {""}

    def has(self, path: str):
        """Whether some path ends with this one, from a slash on."""
        path = path.removeprefix("./").rstrip("/")
        if path.split("/")[0] in self.tops and "/" in path:
            candidates = self.paths
        else:
            candidates = self.ends
        if not HOLE.search(path):
            return path in candidates
        pieces = [re.escape(piece) for piece in HOLE.split(path)]
        pattern = re.compile("[^/]*".join(pieces))
        return any(pattern.fullmatch(one) for one in candidates)

    def hint_for(self, path: str):
        """Where a file of that name is now."""
        name = path.rstrip("/").split("/")[-1]
        moved = [one for one in self.paths if one.split("/")[-1] == name]
        return f"; perhaps {' or '.join(moved[:3])}" if moved else ""


def ends_of(path: str):
    parts = path.split("/")
    return ("/".join(parts[at:]) for at in range(len(parts)))


def line_of(text: str, position: int):
    return text.count("\n", 0, position) + 1


def span_violations(tree: Tree, page: str, text: str):
    for span in SPAN.finditer(text):
        for word in span[2].split():
            if not tree.names_ours(word):
                continue
            for path in expanded(word):
                if not tree.has(path):
                    yield (f"{page}:{line_of(text, span.start())}: `{path}` is no path of this "
                           f"repository{tree.hint_for(path)}")


def link_violations(tree: Tree, page: str, text: str):
    plain = SPAN.sub(lambda span: re.sub(r"[^\n]", " ", span[0]), text)
    for link in itertools.chain(LINK.finditer(plain), TAG.finditer(plain)):
        target = next(filter(None, link.groups()))
        if re.match(r"[a-z][a-z0-9+.-]*:|//", target):
            continue
        path, _, anchor = urllib.parse.unquote(target).partition("#")
        at = f"{page}:{line_of(text, link.start())}: the link to {target}"
        folder = pathlib.PurePosixPath(page).parent
        file = os.path.normpath(folder / path) if path else page
        if file != "." and file not in tree.paths:
            yield f"{at} leads nowhere{tree.hint_for(path)}"
        elif anchor and file.endswith(".md"):
            if anchor not in anchors_of((tree.root / file).read_text()):
                yield f"{at} leads to no heading of {file}"


def blocks_of(text: str):
    """The fenced blocks: the number of the line, the language, what is shown, the line before."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        mark = FENCE.match(lines[at])
        if mark:
            end = at + 1
            while end < len(lines) and lines[end].strip() != mark[1]:
                end += 1
            language = lines[at].strip().strip(mark[1][0]).strip()
            before = lines[at - 1] if at else ""
            yield at + 1, language, "\n".join(lines[at + 1 : end]), before
            at = end
        at += 1


def part_of(text: str, name: str):
    """The lines of a file between the two that mark the part; None if they are not there."""
    lines = text.split("\n")
    ends = [
        [at for at, line in enumerate(lines) if re.search(rf"docs: {side} {name}\s*(\W*)$", line)]
        for side in ("begin", "end")
    ]
    if [len(found) for found in ends] != [1, 1] or ends[0][0] > ends[1][0]:
        return None
    return "\n".join(lines[ends[0][0] + 1 : ends[1][0]])


def sample_violations(tree: Tree, page: str, text: str):
    for number, language, shown, before in blocks_of(text):
        at = f"{page}:{number}: the block"
        named = FROM.match(before)
        if not named:
            if language in SHOWN:
                yield f"{at} shows no file: put `<!-- from PATH -->` on the line before it"
            continue
        path, part = named.groups()
        file = tree.root / path
        if not file.is_file():
            yield f"{at} is of {path}, which is no file{tree.hint_for(path)}"
            continue
        real = file.read_text().rstrip("\n")
        if part:
            real = part_of(real, part)
        if real is None:
            yield f"{at} is of the part {part} of {path}, which marks no such part"
        elif shown.rstrip("\n") != real:
            differing = sum(1 for _ in itertools.takewhile(
                lambda pair: pair[0] == pair[1], zip(shown.split("\n"), real.split("\n"))))
            yield f"{at} differs from {path} in its line {differing + 1}"


def violations(root: pathlib.Path):
    tree = Tree(root)
    pages = {file.relative_to(root).as_posix() for glob in PAGES for file in root.glob(glob)}
    for page in sorted(pages - HISTORY):
        yield from sample_violations(tree, page, (root / page).read_text())
        text = without_fences((root / page).read_text())
        yield from span_violations(tree, page, text)
        yield from link_violations(tree, page, text)


def main():
    root = pathlib.Path(sys.argv[1])
    if not (root / "docs").is_dir():
        sys.exit(f"{root} has no pages")
    found = list(violations(root))
    print("\n".join(found) or "every path, link and sample of the pages exists")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
