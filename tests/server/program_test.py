"""Runs the program. Usage: program_test.py BINARY DOCS

tests/e2e checks the answers of a server. These tests check what the program prints on the command
line, how it ends, and whether the documentation has every setting, metric and event.
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

    def run_program(self, *arguments, **variables):
        return subprocess.run(
            [BINARY, *arguments], capture_output=True, text=True, check=False, cwd=self.folder,
            env=clean_environment(variables), timeout=SECONDS)

    def assert_one_line(self, done, code, *parts):
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("botapi: "), lines[0])
        for part in parts:
            self.assertIn(part, lines[0])

    def start(self, *arguments):
        """Starts a server. Returns its process, its addresses, and the events until it listens."""
        process = subprocess.Popen(
            [BINARY, "serve", "--listen", "127.0.0.1:0", "--log-format", "json", *arguments],
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
    def test_the_version_is_printed(self):
        short = self.run_program("--version")
        long = self.run_program("version")

        self.assertEqual((short.returncode, long.returncode), (0, 0))
        self.assertRegex(short.stdout, r"\Abotapi \d+\.\d+\.\d+\n\Z")
        self.assertTrue(long.stdout.startswith(short.stdout))
        for name in ("compiler", "boost", "soci", "sqlite", "openssl", "zlib", "zstd", "libpq"):
            self.assertRegex(long.stdout, rf"(?m)^{name} .*\d")

    def test_help_names_the_commands(self):
        done = self.run_program("--help")

        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr, "")
        for name in ("serve", "migrate", "check", "config", "keys", "version"):
            self.assertRegex(done.stdout, rf"(?m)^  {name} ")

    def test_wrong_usage_is_one_line_and_exit_code_2(self):
        self.assert_one_line(self.run_program(), 2, "serve, migrate, check, config, keys or version")
        self.assert_one_line(self.run_program("dance"), 2, "dance")
        self.assert_one_line(self.run_program("serve", "--no-such-flag"), 2, "--no-such-flag")
        self.assert_one_line(self.run_program("serve", "--threads", "0"), 2, "--threads")
        wrong_level = self.run_program("check", BOTAPI_LOG_LEVEL="x")
        self.assert_one_line(wrong_level, 2, "BOTAPI_LOG_LEVEL")
        no_file = self.run_program("serve", "--config", "no.toml")
        self.assert_one_line(no_file, 2, "--config", "no.toml")
        (self.folder / "a.toml").write_text("colour = red\n")
        unknown_key = self.run_program("migrate", "--config", "a.toml")
        self.assert_one_line(unknown_key, 2, "colour", "line 1")

    def test_the_documentation_has_every_flag_and_default(self):
        help_text = self.run_program("serve", "--help").stdout
        defaults = {}
        for line in help_text.splitlines():
            found = IN_HELP.match(line)
            if found and found[3]:
                defaults[found[1]] = found[3]
        documented = {
            flag: (variable, default) for flag, variable, default, _
            in IN_DOCUMENT.findall(DOCUMENT.read_text())}

        self.assertGreater(len(defaults), 15)
        self.assertEqual(set(defaults), set(documented))
        for flag, (variable, default) in documented.items():
            self.assertEqual(variable, "BOTAPI_" + flag[2:].replace("-", "_").upper())
            self.assertEqual(default.strip("`"), defaults[flag], flag)

    def test_the_documented_file_is_right(self):
        example = re.search(r"```toml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[1]
        (self.folder / "botapi.toml").write_text(
            re.sub(r"(?m)^database = .*$", 'database = "sqlite:here.db"', example))

        done = self.run_program("migrate", "--config", "botapi.toml")

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "here.db").exists())
        help_text = self.run_program("serve", "--help").stdout
        known = set(re.findall(r"(?m)^  --([a-z-]+) [A-Z]", help_text))
        self.assertLessEqual(set(re.findall(r"(?m)^([a-z-]+) =", example)), known)


class Configuration(ProgramTest):
    def config(self, *arguments, **variables):
        done = self.run_program("config", *arguments, **variables)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def by_name(self, *arguments, **variables):
        settings = json.loads(self.config("--json", *arguments, **variables))
        self.assertEqual(len(settings), len({one["name"] for one in settings}))
        return {one["name"]: one for one in settings}

    def test_every_setting_is_printed_with_its_source(self):
        (self.folder / "botapi.toml").write_text(
            "max-body-size = 4MiB\n\nlog-level = error\nthreads = 9\n")
        (self.folder / "rate").write_text("7\n")
        shown = self.by_name(
            "--listen", "127.0.0.1:1", "--listen", "[::1]:2", "--reuse-port",
            BOTAPI_CONFIG="botapi.toml", BOTAPI_THREADS="8", BOTAPI_MAX_KEY_RATE_FILE="rate",
            BOTAPI_LOG_LEVEL="debug", BOTAPI_INSECURE_OPEN="TRUE")

        help_text = self.run_program("serve", "--help").stdout
        flags = set(re.findall(r"(?m)^  --([a-z-]+)(?: [A-Z]+)?(?:\s|$)", help_text))
        self.assertEqual(set(shown) | {"config"}, flags)
        for name, value, source, origin in (
                ("listen", ["127.0.0.1:1", "[::1]:2"], "command-line", "--listen"),
                ("reuse-port", "yes", "command-line", "--reuse-port"),
                ("threads", "8", "environment", "BOTAPI_THREADS"),
                ("insecure-open", "yes", "environment", "BOTAPI_INSECURE_OPEN"),
                ("log-level", "debug", "environment", "BOTAPI_LOG_LEVEL"),
                ("max-key-rate", "7", "environment", "BOTAPI_MAX_KEY_RATE_FILE"),
                ("max-body-size", "4MiB", "file", "botapi.toml:1"),
                ("idle-timeout", None, "default", None),
                ("tls-key", None, "default", None),
                ("cors-origin", [], "default", None)):
            with self.subTest(name):
                if name != "idle-timeout":
                    self.assertEqual(shown[name]["value"], value)
                self.assertEqual(shown[name]["source"], source)
                self.assertEqual(shown[name].get("from"), origin)
        self.assertRegex(self.by_name()["threads"]["value"], r"^[1-9]\d*$")

    def test_passwords_are_hidden(self):
        url = "postgresql://me:secret@db/x?sslpassword=secret&sslmode=require"
        (self.folder / "botapi.toml").write_text(f"database = '{url}'\n")
        (self.folder / "url").write_text(url)
        for arguments, variables in (
                (["--database", url], {}), ([], {"BOTAPI_DATABASE": url}),
                ([], {"BOTAPI_DATABASE_FILE": "url"}), (["--config", "botapi.toml"], {})):
            for form in ([], ["--json"]):
                text = self.config(*form, *arguments, **variables)
                self.assertNotIn("secret", text)
                self.assertIn("postgresql://me:***@db/x?sslpassword=***&sslmode=require", text)

    def test_the_text_is_a_file_that_sets_the_same(self):
        arguments = ["--database", "sqlite:a b.db", "--tls-certificate", 'c "1".pem', "--tls-key",
                     "k\\1.pem", "--cors-origin", "https://a.example", "--webhook-retry", "7s"]
        (self.folder / "all.toml").write_text(self.config(*arguments))

        before, after = self.by_name(*arguments), self.by_name("--config", "all.toml")

        self.assertEqual({name: one["value"] for name, one in before.items()},
                         {name: one["value"] for name, one in after.items()})
        self.assertEqual(after["tls-key"]["source"], "file")
        self.assertIn("# The file is all.toml (--config).\n", self.config("--config", "all.toml"))

    def test_it_touches_no_database_and_refuses_wrong_values(self):
        self.config()
        self.assertEqual(list(self.folder.iterdir()), [])
        self.assert_one_line(self.run_program("config", "--threads", "0"), 2, "--threads")

    def test_the_documented_example_is_right(self):
        example = re.search(r"```text\n(database = .*?# default\n.*?)```", DOCUMENT.read_text(),
                            re.DOTALL)[1]
        text = self.config("--listen", "127.0.0.1:8001", BOTAPI_THREADS="4")

        self.assertLessEqual(set(example.splitlines()), set(text.splitlines()))


class Databases(ProgramTest):
    def test_migrate_prints_what_it_does(self):
        planned = self.run_program("migrate", "--dry-run")
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertIn("would apply 0001_", planned.stdout)
        self.assertFalse((self.folder / "botapi.db").exists())

        done = self.run_program("migrate")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, planned.stdout.replace("would apply", "applied"))
        self.assertEqual(self.run_program("migrate").stdout, "The schema is up to date.\n")

    def test_check_prints_what_it_finds(self):
        self.run_program("migrate")
        sound = self.run_program("check")
        self.assertEqual(sound.returncode, 0, sound.stdout + sound.stderr)
        self.assertIn("findings: 0\n", sound.stdout)

        database = sqlite3.connect(self.folder / "botapi.db")
        database.execute("UPDATE botapi_schema SET checksum = 'x'")
        database.commit()
        database.close()
        broken = self.run_program("check")
        self.assertEqual(broken.returncode, 1, broken.stdout + broken.stderr)
        self.assertGreaterEqual(len(broken.stdout.splitlines()), 4)
        self.assertNotIn("findings: 0\n", broken.stdout)

    def test_a_failed_start_is_one_line_and_exit_code_1(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            done = self.run_program("serve", "--listen", address, "--log-level", "off")
            self.assert_one_line(done, 1, address)
        quiet = ("--log-level", "off", "--database")
        no_folder = self.run_program("serve", *quiet, "sqlite:no/such/folder.db")
        self.assert_one_line(no_folder, 1, "no/such")
        self.assert_one_line(self.run_program("check", *quiet, "sqlite:none.db"), 1, "none.db")
        unreachable = "postgresql://me:secret@127.0.0.1:1/x"
        for command in ("serve", "migrate", "check"):
            done = self.run_program(command, *quiet, unreachable)
            self.assert_one_line(done, 1, "postgresql://me:***@127.0.0.1:1/x")
            self.assertNotIn("secret", done.stderr)

    def test_a_newer_schema_is_refused(self):
        self.run_program("migrate")
        database = sqlite3.connect(self.folder / "botapi.db")
        database.execute(
            "INSERT INTO botapi_schema (number, name, checksum, applied_at)"
            " VALUES (9999, '9999_later', 'x', 'x')")
        database.commit()
        database.close()

        for command in ("serve", "migrate"):
            self.assert_one_line(self.run_program(command, "--log-level", "off"), 1, "newer")


class Serving(ProgramTest):
    def test_the_log_has_the_start_and_the_end(self):
        process, address, events = self.start()
        with urllib.request.urlopen(f"http://{address}/readyz", timeout=SECONDS) as answer:
            self.assertEqual(answer.status, 200)
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=SECONDS) as answer:
            metrics = answer.read().decode()
        process.send_signal(signal.SIGTERM)
        events += [json.loads(line) for line in process.stderr]

        self.assertEqual(process.wait(SECONDS), 0)
        names = [event["event"] for event in events]
        self.assertEqual(names[0], "starting")
        self.assertIn("a migration was applied", names)
        self.assertEqual(names[-1], "stopped")
        self.assertEqual(
            [event["signal"] for event in events if event["event"] == "stopping"], ["SIGTERM"])
        self.assertIn('botapi_storage_duration_seconds_count{operation="ready"} 1', metrics)
        self.assertEqual(
            set(re.findall(r"(?m)^# TYPE (\S+) (\S+)$", metrics)),
            set(re.findall(r"(?m)^\| `(\w+)` \| (counter|gauge|histogram) \|", OPERATIONS.read_text())))
        documented = re.findall(r"(?m)^\| `([^`]+)` \| (?:info|warning)", OPERATIONS.read_text())
        self.assertLessEqual(set(names), set(documented))
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
            client.sendall(b"POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
                           b"Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n")
            self.assertTrue(client.recv(100))  # The request is under way, and stays so.
            process.send_signal(signal.SIGINT)
            self.assertIn("stopping", process.stderr.readline())
            time.sleep(0.2)
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(SECONDS), 128 + signal.SIGINT)

    def test_closed_standard_files_are_opened_on_dev_null(self):
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

    def test_a_server_whose_log_is_not_read_goes_on(self):
        process, address, _ = self.start()
        process.stderr.close()

        for _ in range(3):
            with urllib.request.urlopen(f"http://{address}/healthz", timeout=SECONDS) as answer:
                self.assertEqual(answer.status, 200)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(SECONDS), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
