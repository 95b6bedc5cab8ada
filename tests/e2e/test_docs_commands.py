"""The commands that the pages show, run in order: they work, and print what the pages show.

Every `sh` block of README.md and of docs/ is run in a shell of its page, on a fresh store, unless
the line before it says `<!-- not run: WHY -->`. What a `json`, `http` or `text` block right behind it
shows must be what was printed; `…` stands for anything, and so do ids, times and secrets that the
commands don't contain. `<!-- stopped after 2 s -->` is for what a reader ends with Ctrl-C.
"""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from kit import server as program
from kit.postgres import free_port

pytestmark = pytest.mark.only("sqlite")
ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TOUR = ["README.md", "docs/getting-started.md", "docs/http-api.md", "docs/webhooks.md",
        "docs/security.md"]
BLOCK = re.compile(r"(?m)^(?:<!-- (.*) -->\n)?```(\w+)\n(.*?)^```$", re.DOTALL)
VARYING = [
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z",
    r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT",
]


class Step:
    """Commands, and what a page shows of their output, if it does."""

    def __init__(self, remark, commands):
        self.remark = remark or ""
        self.commands = commands
        self.shown = None

    @property
    def is_run(self):
        return not self.remark.startswith("not run: ")


def steps_of(page):
    text = page.read_text()
    steps, end = [], None
    for block in BLOCK.finditer(text):
        remark, language, content = block.groups()
        follows = end is not None and not text[end:block.start()].strip()
        end = None
        if language == "sh":
            steps.append(Step(remark, content))
            end = block.end()
        elif follows and language in ("json", "http", "text"):
            steps[-1].shown = content
    return steps


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def pattern_of(shown, commands):
    """What is printed where a page shows this."""
    given = commands.replace("\\", "")
    wild = re.compile(r" ?… ?|" + "|".join(VARYING))
    pattern, at = "", 0
    for found in wild.finditer(shown):
        pattern += re.escape(shown[at:found.start()])
        at = found.end()
        kind = next((one for one in VARYING if re.fullmatch(one, found[0])), ".*?")
        pattern += re.escape(found[0]) if found[0] in given else kind
    return pattern + re.escape(shown[at:])


def canonical(text):
    return text.replace("\r\n", "\n").strip()


class Shell:
    """The shell of one reader, whose folder has the server's database."""

    def __init__(self, folder, server):
        self.folder = folder
        self.server = server
        self.receiver = free_port()
        self.given = ""
        tools = folder / "tools"
        tools.mkdir()
        (tools / "botapi").symlink_to(program.binary())
        # What a person sees: no meter.
        (tools / "curl").write_text(f'#!/bin/sh\nexec {shutil.which("curl")} -sS "$@"\n')
        (tools / "curl").chmod(0o755)
        (folder / "docs").symlink_to(ROOT / "docs")
        (folder / "botapi.toml").write_text(f"database = '{server.database}'\n")
        self.environment = program.clean_environment() | {
            "PATH": f"{tools}:/usr/bin:/bin", "BOTAPI_DATABASE": server.database,
            "BOTAPI_LOG_LEVEL": "off", "no_proxy": "*"}

    def localised(self, commands):
        for there, here in (("http://localhost:8000", self.server.url),
                            (":9000/", f":{self.receiver}/"), (" 9000 ", f" {self.receiver} "),
                            ("/etc/botapi/", f"{self.folder}/")):
            commands = commands.replace(there, here)
        return commands

    def run(self, step):
        """Runs the step in a shell that has the variables of the steps before."""
        state = self.folder / "state"
        commands = self.localised(step.commands)
        before = f". {state}\n" if state.exists() else ""
        script = f"{before}set -ae\n{commands}\ndeclare -x >{state}\n"
        ends = step.remark.startswith("stopped after ")
        limit = ["timeout", "-s", "INT", step.remark.split()[2]] if ends else []
        done = subprocess.run([*limit, "bash", "-c", script], cwd=self.folder, text=True,
                              env=self.environment, capture_output=True, check=False, timeout=60)
        assert done.returncode == 0 or ends, f"{commands}\n{done.stdout}\n{done.stderr}"
        assert "command not found" not in done.stderr, done.stderr
        self.given += step.commands
        return done.stdout


@pytest.fixture
def shell_for(start_server, tmp_path):
    def make(*pages):
        folder = tmp_path / "reader"
        folder.mkdir()
        flags = [word for page in pages for step in steps_of(page)
                 for line in step.commands.splitlines() if line.startswith("./dev run ")
                 for word in shlex.split(line, comments=True)[2:]]
        server = start_server(*flags, database=f"sqlite:{folder}/botapi.db")
        return Shell(folder, server)

    return make


def play(shell, page):
    """Runs the page. Returns how many outputs were compared."""
    compared = 0
    for step in filter(lambda one: one.is_run, steps_of(page)):
        printed = shell.run(step)
        for status in re.findall(r'(?m)^HTTP/1.1 (\d+)|"status":(\d{3}),"detail"', printed):
            is_shown = step.shown and "".join(status) in step.shown
            fine = {"200", "201", "202", "204", "304", "412"}
            assert "".join(status) in fine or is_shown, f"{step.commands}\n{printed}"
        if step.shown is None:
            continue
        compared += 1
        shown = canonical(step.shown)
        is_part = shown.startswith("Link:") or "# default" in shown
        parts = shown.split("\n") if is_part else [shown]
        for part in parts:
            pattern = pattern_of(part, shell.given)
            found = (re.search if is_part else re.fullmatch)(pattern, canonical(printed), re.DOTALL)
            assert found, f"{name_of(page)} shows\n{shown}\nfor\n{step.commands}\nand not\n{printed}"
    return compared


RUN = [page for page in PAGES if any(step.is_run for step in steps_of(page))]


@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_a_page_works_on_a_fresh_store(shell_for, page):
    play(shell_for(page), page)


def test_the_pages_work_one_after_the_other(shell_for):
    pages = [ROOT / name for name in TOUR]
    shell = shell_for(*pages)

    compared = sum(play(shell, page) for page in pages)

    assert compared >= 12


def test_every_page_with_commands_for_users_is_run():
    assert {name_of(page) for page in RUN} >= {*TOUR, "docs/configuration.md", "docs/operations.md"}


def test_the_receiver_in_javascript_knows_whose_it_is(tmp_path):
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not installed")
    code = next(content for _, language, content in BLOCK.findall(
        (ROOT / "docs/webhooks.md").read_text()) if language == "js")
    script = tmp_path / "check.js"
    script.write_text(code + """
const body = Buffer.from("{}");
const sentAt = String(Math.floor(Date.now() / 1000));
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const mac = createHmac("sha256", Buffer.from(secret.slice(6), "base64"));
mac.update(`m.${sentAt}.`).update(body);
const headers = { "webhook-id": "m", "webhook-timestamp": sentAt,
                  "webhook-signature": "v1,x v1," + mac.digest("base64") };
const late = { ...headers, "webhook-timestamp": "1" };
const verdicts = [[headers, body], [headers, Buffer.from("{ }")], [late, body]];
console.log(verdicts.map(([some, bytes]) => isOurs(secret, some, bytes)).join());
""")

    done = subprocess.run([node, script], capture_output=True, text=True, check=False, timeout=60)

    assert done.stdout == "true,false,false\n", done.stderr
