"""compose/restore, with a stand-in for Docker: it needs no engine."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "compose/restore"

# It records each call, and fails as the file of the same name in its folder says.
DOCKER = """#!/usr/bin/env bash
here=$(dirname "$0")
echo "$* BOTAPI_MUST_EXIST=${BOTAPI_MUST_EXIST-}" >>"$here/calls"
case $* in
    *pg_isready*)
        left=$(($(cat "$here/not_ready") - 1))
        echo "$left" >"$here/not_ready"
        ((left < 0)) ;;
    *psql*) cat "$here/tables" ;;
    *pg_restore*) cat >"$here/restored"; exit "$(cat "$here/restore_status")" ;;
esac
"""


class Stub:
    def __init__(self, folder):
        self.folder = folder
        docker = folder / "docker"
        docker.write_text(DOCKER)
        docker.chmod(0o755)
        self.set(not_ready=0, tables=0, restore_status=0)
        self.backup = folder / "botapi.dump"
        self.backup.write_bytes(b"a backup")

    def set(self, **values):
        for name, value in values.items():
            (self.folder / name).write_text(f"{value}\n")

    def restore(self, *arguments):
        environment = os.environ | {"PATH": f"{self.folder}:{os.environ['PATH']}",
                                    "RESTORE_ATTEMPTS": "4"}
        return subprocess.run([SCRIPT, *arguments], env=environment, cwd=self.folder, text=True,
                              capture_output=True, check=False, timeout=60)

    def calls(self):
        calls = self.folder / "calls"
        return calls.read_text().splitlines() if calls.exists() else []

    def started(self):
        return [call for call in self.calls() if call.startswith("compose up -d BOTAPI")]


@pytest.fixture
def stub(tmp_path):
    return Stub(tmp_path)


def test_it_waits_for_the_database_and_then_expects_data(stub):
    stub.set(not_ready=2)

    done = stub.restore("botapi.dump")

    assert done.returncode == 0, done.stderr
    assert (stub.folder / "restored").read_bytes() == b"a backup"
    calls = [call for call in stub.calls() if "version" not in call]
    assert calls[0].startswith("compose up -d db ")
    assert sum("pg_isready" in call for call in calls) == 3
    assert stub.started() == ["compose up -d BOTAPI_MUST_EXIST=yes"]
    assert "is-ready" in calls[-1]


@pytest.mark.parametrize("fault, words", [
    ({"not_ready": 99}, "db is not ready"), ({"tables": 7}, "not empty"), ({"restore_status": 1}, ""),
])
def test_no_server_starts_without_its_data(stub, fault, words):
    stub.set(**fault)

    done = stub.restore("botapi.dump")

    assert done.returncode != 0 and words in done.stderr
    assert not stub.started()


@pytest.mark.parametrize("arguments", [[], ["none.dump"], ["/dev/null"], ["a", "b"]])
def test_a_backup_that_is_not_there_touches_nothing(stub, arguments):
    assert stub.restore(*arguments).returncode != 0
    assert not stub.calls()
