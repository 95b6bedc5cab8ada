#!/usr/bin/env python3
"""Writes the pages about the kinds of problems, problems/*.html, from problems.json.

With --check it writes nothing, and fails if a page differs from what it would write, or if one is
there that it would not write.
"""

import argparse
import html
import json
import re
import sys
from http import HTTPStatus
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "problems"

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · botapi</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/docs.css">
</head>
<body class="page">
<header class="bar"><a class="brand" href="/docs">botapi</a>
<nav aria-label="Site"><a href="/docs">API</a> <a href="/problems">Problems</a></nav></header>
<main>
{body}
</main>
</body>
</html>
"""

PROBLEM = """\
<p class="crumbs"><a href="/problems">Problems</a> / <code>{slug}</code></p>
<h1><span class="status s{family}">{status}</span> {title}</h1>
<h2>What it means</h2>
<p>{meaning}</p>
<h2>What to do</h2>
<p>{action}</p>
<h2>What it looks like</h2>
<pre><code>HTTP/1.1 {status} {reason}
Content-Type: application/problem+json{headers}

{example}</code></pre>
<p>Programs tell problems apart by <code>type</code>, <code>/problems/{slug}</code>, which never
changes. <code>detail</code> is for people, and its words may change.</p>"""

INDEX = """\
<h1>Problems</h1>
<p>Every error is an <code>application/problem+json</code> document (RFC 9457). Its
<code>type</code> is the path of one of these pages.</p>
<table class="stacked">
<thead><tr><th scope="col">Status</th><th scope="col">Kind</th><th scope="col">What it means</th>\
</tr></thead>
<tbody>
{rows}
</tbody>
</table>"""

ROW = """\
<tr><td><span class="status s{family}">{status}</span></td>\
<td><a href="/problems/{slug}">{title}</a></td><td>{first}</td></tr>"""


def to_html(text):
    """Text with `code` and [links](/path) as HTML."""
    escaped = html.escape(text, quote=False)
    escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)
    return re.sub(r"\[([^\]]+)\]\((/[^)\s\"]*)\)", r'<a href="\2">\1</a>', escaped)


def first_sentence(text):
    return re.match(r".*?[.:](?=\s|$)", text)[0].rstrip(":.") + "."


def reason(status):
    """The reason phrase of RFC 9110, which older Pythons don't have for every status."""
    renamed = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}
    return renamed.get(status) or HTTPStatus(status).phrase


def problem_page(problem):
    headers = {405: "\nAllow: GET, HEAD, OPTIONS", 503: "\nRetry-After: 1"}
    example = json.dumps(problem["example"], indent=2, ensure_ascii=False)
    body = PROBLEM.format(
        slug=problem["slug"],
        status=problem["status"],
        family=problem["status"] // 100,
        title=html.escape(problem["title"]),
        meaning=to_html(problem["meaning"]),
        action=to_html(problem["action"]),
        reason=reason(problem["status"]),
        headers=headers.get(problem["status"], ""),
        example=html.escape(example, quote=False),
    )
    return PAGE.format(title=html.escape(problem["title"]), body=body)


def index_page(problems):
    rows = "\n".join(
        ROW.format(
            slug=problem["slug"],
            status=problem["status"],
            family=problem["status"] // 100,
            title=html.escape(problem["title"]),
            first=to_html(first_sentence(problem["meaning"])),
        )
        for problem in problems
    )
    return PAGE.format(title="Problems", body=INDEX.format(rows=rows))


def relative(page, root):
    """The page with links that also work where a proxy puts a path before all of ours."""
    return re.sub(r'\b(href|src)="/', rf'\1="{root}', page)


def pages():
    """The text of each page by its file's name."""
    problems = json.loads((HERE / "problems.json").read_text("utf-8"))["problems"]
    made = {f"{problem['slug']}.html": relative(problem_page(problem), "../")
            for problem in problems}
    assert len(made) == len(problems), "two problems have the same slug"
    return made | {"index.html": relative(index_page(problems), "")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    checking = parser.parse_args().check

    wanted = {name: text.encode() for name, text in pages().items()}
    found = {path.name: path.read_bytes() for path in FOLDER.glob("*")}
    stale = sorted(name for name in wanted | found if wanted.get(name) != found.get(name))
    if checking:
        for name in stale:
            print(f"problems/{name} is not what make_problem_pages.py writes", file=sys.stderr)
        return 1 if stale else 0

    FOLDER.mkdir(exist_ok=True)
    for name in stale:
        if name in wanted:
            (FOLDER / name).write_bytes(wanted[name])
        else:
            (FOLDER / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
