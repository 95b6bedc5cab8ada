"""The program under test."""

import json
import os
import re
import resource
import signal
import subprocess
from pathlib import Path

from kit.wait import eventually

SANITIZER_REPORT = re.compile(r"(Address|Thread|Leak|UndefinedBehavior)Sanitizer|runtime error:")


def binary():
    """The path of the program: BOTAPI_BINARY, or else where the debug preset puts it."""
    root = Path(__file__).resolve().parents[3]
    path = Path(os.environ.get("BOTAPI_BINARY", root / "build/debug/bin/botapi"))
    assert path.is_file(), f"{path} is not there: build it, or set BOTAPI_BINARY"
    return path


def run(*arguments, environment=None, timeout=60, program=None):
    """Runs the program, or another one, to its end."""
    return subprocess.run([program or binary(), *arguments], capture_output=True, text=True, check=False,
                          env=clean_environment(environment), timeout=timeout)


def clean_environment(more=None):
    """Ours, without settings for the program that somebody may have exported."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("BOTAPI_")}
    return ours | (more or {})


class Server:
    """One process of `botapi serve`, listening on 127.0.0.1 and a port that the system picked.

    With an `identity` it speaks TLS. `launcher` is a command that becomes the program, as `prlimit`
    does. `while_starting` is called with the server once it has logged that it starts, and before
    anybody waits until it listens. `program` is another one than that under test.
    """

    def __init__(self, database, log, *flags, environment=None, identity=None, launcher=(),
                 listen="127.0.0.1:0", while_starting=None, program=None):
        self.database = database
        self.log = Path(log)
        self.identity = identity
        command = [*launcher, program or binary(), "serve", "--listen", listen, "--database", database,
                   "--log-format", "json", *(identity.flags() if identity else ()), *flags]
        with open(self.log, "wb") as stderr:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
                env=clean_environment(environment))
        self.expected_to_live = True
        try:
            if while_starting:
                eventually(lambda: self.has_logged("starting"), "the server starts")
                while_starting(self)
            self.address = eventually(self.find_address, "the server is listening")
        except AssertionError:
            self.kill()
            raise
        host, port = self.address.rsplit(":", 1)
        self.host, self.port = host, int(port)
        self.url = f"{'https' if identity else 'http'}://{self.address}"
        self.trust = identity.authority.trust() if identity else False

    def find_address(self):
        for event in self.events():
            if event.get("event") == "listening":
                return event["addresses"].split(",")[0].strip()
        assert self.process.poll() is None, f"it ended at once:\n{self.log.read_text()}"
        return None

    def events(self, since=0):
        """The events in the log from the byte `since` on. What is no JSON is left out."""
        found = []
        for line in self.text(since).splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                found.append(event)
        return found

    def count_events(self, name):
        return sum(event.get("event") == name for event in self.events())

    def has_logged(self, name):
        return self.count_events(name) > 0

    def text(self, since=0):
        with open(self.log, "rb") as log:
            log.seek(since)
            return log.read().decode("utf-8", "replace")

    def log_size(self):
        return self.log.stat().st_size

    def is_alive(self):
        return self.process.poll() is None

    def memory(self):
        """Bytes of it that are in memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    def stop(self):
        """Asks it to end, as an operator does. Returns the exit code."""
        self.ask_to_end()
        return self.process.wait(40)

    def ask_to_end(self):
        """Once: a second signal would end it at once."""
        if self.expected_to_live and self.is_alive():
            self.process.send_signal(signal.SIGTERM)
        self.expected_to_live = False

    def kill(self):
        """Ends it as a crash would."""
        self.expected_to_live = False
        self.process.kill()
        self.process.wait()

    def check(self, since, allow_5xx):
        """Fails if it died, or if its log tells of a failure since the byte `since`."""
        reply = self.text(since)
        if self.expected_to_live:
            assert self.is_alive(), f"the server died ({self.process.returncode}):\n{reply}"
        assert not SANITIZER_REPORT.search(reply), reply
        if not allow_5xx:
            failed = [event for event in self.events(since) if is_failure(event)]
            assert not failed, f"the server failed: {failed}"


def is_failure(event):
    """501 and 505 are answers to requests that no server could answer."""
    status = str(event.get("status", ""))
    return status.isdigit() and int(status) >= 500 and status not in ("501", "505")
