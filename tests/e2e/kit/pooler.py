"""A PgBouncer that belongs to one test: the system's, or the one that BOTAPI_PGBOUNCER names."""

import getpass
import os
import re
import shutil
import socket
import subprocess

from kit.postgres import free_port
from kit.wait import eventually

PROGRAM = (os.environ.get("BOTAPI_PGBOUNCER")
           or shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin"))
CONNECTIONS = 10  # Of a server: --db-connections and two.


def version():
    """Its version, as in (1, 24). (0, 0) if there is none."""
    if not PROGRAM:
        return (0, 0)
    said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.search(r"(\d+)\.(\d+)", said).groups()))


def tracks_statements():
    """Whether it can pool transactions for the server: Debian 12's 1.18 can't."""
    return version() >= (1, 21)


class Pooler:
    """A PgBouncer before `postgres`, on 127.0.0.1 and a port of its own.

    It lets everybody in, and signs in to PostgreSQL as `botapi` with the password.
    """

    def __init__(self, postgres, folder, password="", **settings):
        self.port = free_port()
        self.server_port = postgres.port
        self.mode = settings.get("pool_mode", "session")
        (folder / "users.txt").write_text(f'"botapi" "{password}"\n')
        every = {
            "listen_addr": "127.0.0.1",
            "listen_port": self.port,
            "unix_socket_dir": "",
            "auth_type": "trust",
            "auth_file": folder / "users.txt",
            "default_pool_size": 20,
            "max_client_conn": 500,
            "server_reset_query": "DISCARD ALL",
            "admin_users": "botapi",
            "logfile": "",
            "pidfile": "",
        } | settings
        self.file = folder / f"pgbouncer-{self.port}.ini"
        self.write(every)
        command = [PROGRAM, str(self.file)]
        if getpass.getuser() == "root":
            for parent in (folder, *folder.parents):
                if parent.is_relative_to("/tmp/") and parent.owner() == "root":
                    parent.chmod(parent.stat().st_mode | 0o755)
            command[1:1] = ["-u", "postgres"]
        with open(folder / f"pgbouncer-{self.port}.log", "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        eventually(self.is_listening, "PgBouncer listens")

    def write(self, settings):
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        self.file.write_text("[databases]\n"
                             f"* = host=127.0.0.1 port={self.server_port}\n[pgbouncer]\n{lines}")

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def url(self, direct):
        """The URL of a database through it."""
        return direct.replace(f":{self.server_port}/", f":{self.port}/")

    def flags(self, direct):
        """What a server needs on top of the URL of a database through it."""
        return ("--listen-database", direct) if self.mode == "transaction" else ()

    def stop(self):
        self.process.kill()
        self.process.wait()


def for_servers(count, postgres, folder, mode, password=""):
    """A pooler with room for so many servers, as docs/scaling.md has it."""
    settings = {
        "pool_mode": mode,
        "default_pool_size": CONNECTIONS * count,
        # While PostgreSQL fails over: the default keeps everybody waiting for 15 s.
        "server_login_retry": 1,
    }
    if mode == "transaction":
        settings["max_prepared_statements"] = 100
    return Pooler(postgres, folder, password, **settings)
