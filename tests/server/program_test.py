"""Runs the program. Usage: program_test.py BINARY DOCS

What a server answers is judged by tests/e2e; here it is what the program says on the command line,
how it ends, and whether the documentation tells of every setting, metric and event.
"""

import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

BINARY = pathlib.Path(sys.argv[1]).resolve()
DOCUMENT = pathlib.Path(sys.argv[2], "configuration.md")
OPERATIONS = pathlib.Path(sys.argv[2], "operations.md")
IN_HELP = re.compile(r"^  (--[a-z-]+)(?: ([A-Z]+))?\s+.*?(?:\[([^\[\]]*(?:\[[^\]]*\][^\[\]]*)*)\])?$")
IN_DOCUMENT = re.compile(r"^\| `(--[a-z-]+)` \| `(BOTAPI_[A-Z_]+)` \| (.+?) \| (.+) \|$", re.MULTILINE)
SECONDS = 60


def clean_environment(more):
    ours = {name: value for name, value in os.environ.items() if not name.startswith("BOTAPI_")}
    return {**ours, **more}


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="botapi-program-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_it(self, *words, **variables):
        return subprocess.run(
            [BINARY, *words], capture_output=True, text=True, check=False, cwd=self.folder,
            env=clean_environment(variables), timeout=SECONDS)

    def assert_one_line(self, done, code, *parts):
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("botapi: "), lines[0])
        for part in parts:
            self.assertIn(part, lines[0])

    def start(self, *words):
        """A server that listens, its address, and the events until then."""
        process = subprocess.Popen(
            [BINARY, "serve", "--listen", "127.0.0.1:0", "--log-format", "json", *words],
            stderr=subprocess.PIPE, text=True, cwd=self.folder, env=clean_environment({}))
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        events = []
        for line in process.stderr:
            events.append(json.loads(line))
            if events[-1]["event"] == "listening":
                return process, events[-1]["addresses"], events
        raise AssertionError(events)


class CommandLine(ProgramTest):
    def test_the_version_is_told(self):
        short = self.run_it("--version")
        long = self.run_it("version")

        self.assertEqual((short.returncode, long.returncode), (0, 0))
        self.assertRegex(short.stdout, r"\Abotapi \d+\.\d+\.\d+\n\Z")
        self.assertTrue(long.stdout.startswith(short.stdout))
        for name in ("compiler", "boost", "soci", "sqlite", "openssl", "libpq"):
            self.assertRegex(long.stdout, rf"(?m)^{name} .*\d")

    def test_help_names_the_commands(self):
        done = self.run_it("--help")

        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr, "")
        for name in ("serve", "migrate", "check", "version"):
            self.assertRegex(done.stdout, rf"(?m)^  {name} ")

    def test_what_is_wrong_is_one_line_and_exit_code_2(self):
        self.assert_one_line(self.run_it(), 2, "serve, migrate, check, keys or version")
        self.assert_one_line(self.run_it("dance"), 2, "dance")
        self.assert_one_line(self.run_it("serve", "--no-such-flag"), 2, "--no-such-flag")
        self.assert_one_line(self.run_it("serve", "--threads", "0"), 2, "--threads")
        self.assert_one_line(self.run_it("check", BOTAPI_LOG_LEVEL="x"), 2, "BOTAPI_LOG_LEVEL")
        self.assert_one_line(self.run_it("serve", "--config", "no.toml"), 2, "--config", "no.toml")
        (self.folder / "a.toml").write_text("colour = red\n")
        self.assert_one_line(self.run_it("migrate", "--config", "a.toml"), 2, "colour", "line 1")

    def test_the_documentation_tells_of_every_flag_and_default(self):
        help_text = self.run_it("serve", "--help").stdout
        told = {}
        for line in help_text.splitlines():
            found = IN_HELP.match(line)
            if found and found[3]:
                told[found[1]] = found[3]
        documented = {
            flag: (variable, default) for flag, variable, default, _
            in IN_DOCUMENT.findall(DOCUMENT.read_text())}

        self.assertGreater(len(told), 15)
        self.assertEqual(set(told), set(documented))
        for flag, (variable, default) in documented.items():
            self.assertEqual(variable, "BOTAPI_" + flag[2:].replace("-", "_").upper())
            self.assertEqual(default.strip("`"), told[flag], flag)

    def test_the_documented_file_is_right(self):
        example = re.search(r"```toml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[1]
        (self.folder / "botapi.toml").write_text(
            re.sub(r"(?m)^database = .*$", 'database = "sqlite:here.db"', example))

        done = self.run_it("migrate", "--config", "botapi.toml")

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "here.db").exists())
        known = set(re.findall(r"(?m)^  --([a-z-]+) [A-Z]", self.run_it("serve", "--help").stdout))
        self.assertLessEqual(set(re.findall(r"(?m)^([a-z-]+) =", example)), known)


class Databases(ProgramTest):
    def test_migrating_tells_what_it_does(self):
        planned = self.run_it("migrate", "--dry-run")
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertIn("would apply 0001_", planned.stdout)
        self.assertFalse((self.folder / "botapi.db").exists())

        done = self.run_it("migrate")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, planned.stdout.replace("would apply", "applied"))
        self.assertEqual(self.run_it("migrate").stdout, "The schema is up to date.\n")

    def test_checking_tells_what_it_finds(self):
        self.run_it("migrate")
        sound = self.run_it("check")
        self.assertEqual(sound.returncode, 0, sound.stdout + sound.stderr)
        self.assertIn("findings: 0\n", sound.stdout)

        database = sqlite3.connect(self.folder / "botapi.db")
        database.execute("UPDATE botapi_schema SET checksum = 'x'")
        database.commit()
        database.close()
        broken = self.run_it("check")
        self.assertEqual(broken.returncode, 1, broken.stdout + broken.stderr)
        self.assertGreaterEqual(len(broken.stdout.splitlines()), 4)
        self.assertNotIn("findings: 0\n", broken.stdout)

    def test_a_start_that_fails_is_one_line_and_exit_code_1(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            done = self.run_it("serve", "--listen", address, "--log-level", "off")
            self.assert_one_line(done, 1, address)
        quiet = ("--log-level", "off", "--database")
        self.assert_one_line(self.run_it("serve", *quiet, "sqlite:no/such/folder.db"), 1, "no/such")
        self.assert_one_line(self.run_it("check", *quiet, "sqlite:none.db"), 1, "none.db")
        unreachable = "postgresql://me:secret@127.0.0.1:1/x"
        for command in ("serve", "migrate", "check"):
            done = self.run_it(command, *quiet, unreachable)
            self.assert_one_line(done, 1, "postgresql://me:***@127.0.0.1:1/x")
            self.assertNotIn("secret", done.stderr)

    def test_a_newer_schema_is_refused(self):
        self.run_it("migrate")
        database = sqlite3.connect(self.folder / "botapi.db")
        database.execute(
            "INSERT INTO botapi_schema (number, name, checksum, applied_at)"
            " VALUES (9999, '9999_later', 'x', 'x')")
        database.commit()
        database.close()

        for command in ("serve", "migrate"):
            self.assert_one_line(self.run_it(command, "--log-level", "off"), 1, "newer")


class Serving(ProgramTest):
    def test_a_life_is_told_in_the_log(self):
        process, address, events = self.start()
        with urllib.request.urlopen(f"http://{address}/readyz", timeout=SECONDS) as answer:
            self.assertEqual(answer.status, 200)
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=SECONDS) as answer:
            metrics = answer.read().decode()
        process.send_signal(signal.SIGTERM)
        events += [json.loads(line) for line in process.stderr]

        self.assertEqual(process.wait(SECONDS), 0)
        told = [event["event"] for event in events]
        self.assertEqual(told[0], "starting")
        self.assertIn("a migration was applied", told)
        self.assertEqual(told[-1], "stopped")
        self.assertEqual(
            [event["signal"] for event in events if event["event"] == "stopping"], ["SIGTERM"])
        self.assertIn('botapi_storage_duration_seconds_count{operation="ready"} 1', metrics)
        self.assertEqual(
            set(re.findall(r"(?m)^# TYPE (\S+) (\S+)$", metrics)),
            set(re.findall(r"(?m)^\| `(\w+)` \| (counter|gauge|histogram) \|", OPERATIONS.read_text())))
        self.assertLessEqual(set(told), set(re.findall(r"(?m)^\| `([^`]+)` \| (?:info|warning)", OPERATIONS.read_text())))
        self.assertRegex(metrics, r'botapi_build_info\{.*version="\d+\.\d+\.\d+".*\} 1')

    def test_several_addresses_are_served(self):
        _, addresses, _ = self.start("--listen", "127.0.0.1:0")

        self.assertEqual(len(set(addresses.split(","))), 2)
        for address in addresses.split(","):
            with urllib.request.urlopen(f"http://{address}/healthz", timeout=SECONDS) as answer:
                self.assertEqual(answer.status, 200)

    def test_a_second_signal_ends_it_at_once(self):
        process, address, _ = self.start("--drain-timeout", "1h", "--body-timeout", "1h")
        host, port = address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), SECONDS) as client:
            client.sendall(b"POST /messages HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                           b"Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n")
            self.assertTrue(client.recv(100))  # The request is under way, and stays so.
            process.send_signal(signal.SIGINT)
            self.assertIn("stopping", process.stderr.readline())
            time.sleep(0.2)
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(SECONDS), 128 + signal.SIGINT)

    def test_closed_standard_files_become_nobody_s(self):
        command = f"exec {BINARY} serve --listen 127.0.0.1:0 <&- >&- 2>&-"
        process = subprocess.Popen(
            ["sh", "-c", command], cwd=self.folder, env=clean_environment({}))
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        files = pathlib.Path(f"/proc/{process.pid}/fd")
        deadline = time.monotonic() + SECONDS

        def is_socket(file):
            try:
                return "socket:" in os.readlink(file)
            except FileNotFoundError:  # Closed since it was listed.
                return False

        while not any(is_socket(file) for file in files.iterdir()):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

        self.assertEqual([os.readlink(files / name) for name in "012"], ["/dev/null"] * 3)
        process.terminate()
        self.assertEqual(process.wait(SECONDS), 0)

    def test_a_reader_of_the_log_that_is_gone_ends_nothing(self):
        process, address, _ = self.start()
        process.stderr.close()

        for _ in range(3):
            with urllib.request.urlopen(f"http://{address}/healthz", timeout=SECONDS) as answer:
                self.assertEqual(answer.status, 200)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(SECONDS), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
