"""A PgBouncer between the server and PostgreSQL."""

import getpass
import shutil
import signal
import socket
import subprocess

import pytest

from kit import server as program
from kit.api import Api, Talk
from kit.postgres import free_port
from kit.wait import eventually

pytestmark = [
    pytest.mark.only("postgresql"),
    pytest.mark.skipif(not shutil.which("pgbouncer"), reason="PgBouncer is not installed"),
]


@pytest.fixture(name="pooled")
def _pooled(postgres, new_database, tmp_path):
    """Makes the URL of a new database behind a PgBouncer, which ends with the test."""
    running = []

    def start(mode, pool_size=20):
        url = new_database()
        port = free_port()
        (tmp_path / "users.txt").write_text('"botapi" ""\n')
        settings = tmp_path / f"{mode}.ini"
        settings.write_text(
            "[databases]\n"
            f"* = host=127.0.0.1 port={postgres.port}\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = trust\nauth_file = {tmp_path}/users.txt\n"
            f"pool_mode = {mode}\ndefault_pool_size = {pool_size}\n"
            "server_reset_query = DISCARD ALL\nlogfile =\npidfile =\n")
        command = ["pgbouncer", str(settings)]
        if getpass.getuser() == "root":
            for folder in (tmp_path, *tmp_path.parents):
                if folder.is_relative_to("/tmp/") and folder.owner() == "root":
                    folder.chmod(folder.stat().st_mode | 0o755)
            command[1:1] = ["-u", "postgres"]
        running.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        eventually(lambda: is_listening(port), "PgBouncer listens")
        return url.replace(f":{postgres.port}/", f":{port}/")

    yield start
    for pooler in running:
        pooler.send_signal(signal.SIGTERM)
        pooler.kill()
        pooler.wait()


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("pool_size", [1, 20])
def test_a_pooler_that_changes_sessions_is_refused_in_one_sentence(pooled, mode, pool_size):
    refused = program.run("serve", "--database", pooled(mode, pool_size), timeout=30)

    assert refused.returncode != 0
    assert "behind a pooler that changes sessions" in refused.stderr
    assert "pool_mode=session" in refused.stderr


def test_a_pooler_that_keeps_sessions_serves(pooled, start_server):
    server = start_server(database=pooled("session"))

    with Api(server) as api:
        talk = Talk(api)
        said = [talk.say(f"Oi {number}") for number in range(20)]
        assert talk.listed() == said
