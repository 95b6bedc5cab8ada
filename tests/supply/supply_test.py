"""Tests the program file, its bill of materials and its systemd unit. Usage: supply_test.py PROGRAM

For the release build: other builds are not hardened.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import sbom  # Beside this file.

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]
UNIT = ROOT / "compose/botapi.service"


def read(*flags):
    return sbom.output_of("readelf", "--wide", *flags, PROGRAM)


def loader_flags():
    return re.findall(r"\(FLAGS_1\) +Flags: (.*)", read("--dynamic"))[0].split()


class Program(unittest.TestCase):
    def test_its_address_is_random(self):
        self.assertIn("DYN (Position-Independent Executable", read("--file-header"))
        self.assertIn("PIE", loader_flags())

    def test_relocated_data_is_read_only(self):
        self.assertIn("GNU_RELRO", read("--segments"))
        self.assertIn("NOW", loader_flags())

    def test_no_memory_is_writable_and_executable(self):
        flags = re.findall(r"^\s+(\w+)\s+(?:0x\w+\s+){5}([RWE ]{3})", read("--segments"), re.M)
        self.assertIn("GNU_STACK", dict(flags))
        self.assertEqual([name for name, flag in flags if "W" in flag and "E" in flag], [])
        self.assertNotIn("TEXTREL", read("--dynamic"))

    def test_it_loads_system_libraries_only(self):
        self.assertNotRegex(read("--dynamic"), r"\((RPATH|RUNPATH)\)")

    def test_a_write_past_an_array_aborts_it(self):
        functions = set(re.findall(r"UND (\S+?)(?:@|$)", read("--dyn-syms"), re.MULTILINE))
        self.assertIn("__stack_chk_fail", functions)
        self.assertIn("_ZSt21__glibcxx_assert_failPKciS0_S0_", functions)
        self.assertTrue([name for name in functions if re.fullmatch(r"__\w+_chk", name)])


class BillOfMaterials(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            output = pathlib.Path(folder, "sbom.json")
            made = subprocess.run(
                [sys.executable, "-B", sbom.__file__, PROGRAM, "1.2.3", output],
                capture_output=True, text=True, check=False)
            assert made.returncode == 0, made.stderr
            cls.document = json.loads(output.read_text(encoding="utf-8"))
        cls.packages = {part["name"]: part for part in cls.document["packages"]}

    def test_it_is_valid_spdx_2_3(self):
        document = self.document
        self.assertEqual(document["spdxVersion"], "SPDX-2.3")
        self.assertEqual(document["dataLicense"], "CC0-1.0")
        self.assertEqual(document["SPDXID"], "SPDXRef-DOCUMENT")
        self.assertRegex(document["documentNamespace"], r"^urn:[^#]+$")
        self.assertRegex(document["creationInfo"]["created"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        for creator in document["creationInfo"]["creators"]:
            self.assertRegex(creator, r"^(Person|Organization|Tool): .+")
        ids = [part["SPDXID"] for part in document["packages"]]
        self.assertEqual(len(ids), len(set(ids)))
        for part in document["packages"]:
            self.assertRegex(part["SPDXID"], r"^SPDXRef-[A-Za-z0-9.-]+$")
            self.assertTrue(part["name"] and part["versionInfo"] and part["downloadLocation"])
            for one in part.get("checksums", []):
                self.assertRegex(one["checksumValue"], r"^[0-9a-f]{64}$")
            for one in part.get("externalRefs", []):
                self.assertRegex(one["referenceLocator"], r"^pkg:deb/debian/[^@\s]+@[^?\s]+\?arch=")
        known = {*ids, "SPDXRef-DOCUMENT"}
        for one in document["relationships"]:
            self.assertLessEqual({one["spdxElementId"], one["relatedSpdxElement"]}, known)

    def test_it_has_every_loaded_library_with_its_version(self):
        comments = "".join(part.get("comment", "") + ", " for part in self.packages.values())
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", read("--dynamic"))
        self.assertGreater(len(needed), 5)
        for name in needed:
            self.assertIn(name, comments)
        for name in ("libpq5", "libsqlite3-0", "libsoci-core4.0", "libssl3"):
            version, *_ = sbom.details_of(name)
            self.assertEqual(self.packages[name]["versionInfo"], version)

    def test_it_has_the_digest_of_the_program(self):
        digest = self.packages["botapi"]["checksums"][0]["checksumValue"]
        self.assertEqual(digest, sbom.digest_of(PROGRAM))


class Service(unittest.TestCase):
    def test_systemd_accepts_every_line(self):
        text = UNIT.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder, "botapi.service")
            unit.write_text(text.replace("/usr/local/bin/botapi", str(PROGRAM)), encoding="utf-8")
            checked = subprocess.run(["systemd-analyze", "verify", "--man=no", unit],
                                     capture_output=True, text=True, check=False)
            ours = [line for line in checked.stderr.splitlines() if "botapi.service" in line]
            self.assertEqual(ours, [])
            scored = subprocess.run(
                ["systemd-analyze", "security", "--offline=true", "--threshold=15", unit],
                capture_output=True, text=True, check=False)
            self.assertEqual(scored.returncode, 0, scored.stdout + scored.stderr)

    def test_it_allows_every_system_call_of_the_server(self):
        allowed = set()
        for sign, groups in re.findall(r"^SystemCallFilter=(~?)(.*)$",
                                       UNIT.read_text(encoding="utf-8"), re.MULTILINE):
            calls = set().union(*map(members_of, groups.split()))
            allowed = allowed - calls if sign else allowed | calls

        with tempfile.TemporaryDirectory() as folder:
            made = calls_of_a_life(pathlib.Path(folder))

        self.assertGreater(len(made), 30)
        self.assertEqual(made - allowed, set())


class ThreatModel(unittest.TestCase):
    def test_every_test_that_it_names_exists(self):
        text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
        named = re.findall(r"`([\w/]+\.(?:py|cpp))`", text)
        self.assertGreater(len(named), 30)
        self.assertEqual([name for name in named if not (ROOT / "tests" / name).is_file()], [])

    def test_it_has_all_ten_risks_of_owasp(self):
        text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"^\| API(\d+) ", text, re.MULTILINE),
                         [str(number) for number in range(1, 11)])


def members_of(group):
    """The system calls of one of systemd's groups, nested groups included."""
    output = sbom.output_of("systemd-analyze", "syscall-filter", group)
    names = re.findall(r"^\s+(\S+)$", output, re.MULTILINE)
    calls = {name for name in names if not name.startswith("@")}
    return calls.union(*(members_of(name) for name in names if name.startswith("@")))


LIFE = r"""
strace -D -f --seccomp-bpf -o trace "$0" serve --listen 127.0.0.1:0 \
    --database sqlite:botapi.db --log-format json 2>log &
life=$!
trap 'kill $life' EXIT
for try in $(seq 600); do
    address=$(sed -n 's/.*"addresses":"\([^"]*\)".*/\1/p' log)
    [ -n "$address" ] && break
    sleep 0.05
done
"$1" -c "$2" "http://$address" || exit 1
trap - EXIT
kill -TERM $life
wait $life
"""
CLIENT = """
import json, sys, urllib.request as web
sent = web.Request(sys.argv[1] + '/bots', b'{"name":"x"}', {'Content-Type': 'application/json'})
assert web.urlopen(sent).status == 201
assert len(json.load(web.urlopen(sys.argv[1] + '/bots'))) == 1
assert b'botapi' in web.urlopen(sys.argv[1] + '/metrics').read()
"""


def calls_of_a_life(folder):
    """The names of all system calls that a server makes: it starts, answers requests, and stops.

    It is not root, has no capabilities, and can't gain any.
    """
    folder.chmod(0o777)
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
              "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    done = subprocess.run([*nobody, "sh", "-c", LIFE, PROGRAM, "/usr/bin/python3", CLIENT],
                          cwd=folder, check=False, capture_output=True, text=True, timeout=90)
    text = (folder / "trace").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, done.stderr + (folder / "log").read_text() + text[-2000:]
    return set(re.findall(r"^\d+ +(\w+)\(", text, re.MULTILINE))


if __name__ == "__main__":
    unittest.main()
