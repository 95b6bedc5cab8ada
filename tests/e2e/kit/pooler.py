"""A PgBouncer that belongs to one test: the system's, or the one that BOTAPI_PGBOUNCER names."""

import getpass
import os
import re
import shutil
import socket
import subprocess

from kit.postgres import free_port
from kit.wait import eventually

PROGRAM = os.environ.get("BOTAPI_PGBOUNCER") or shutil.which("pgbouncer")


def version():
    """Its version, as in (1, 24). (0, 0) if there is none."""
    if not PROGRAM:
        return (0, 0)
    said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.search(r"(\d+)\.(\d+)", said).groups()))


class Pooler:
    """A PgBouncer before `postgres`, on 127.0.0.1 and a port of its own."""

    def __init__(self, postgres, folder, **settings):
        self.port = free_port()
        self.server_port = postgres.port
        (folder / "users.txt").write_text('"botapi" ""\n')
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

    def stop(self):
        self.process.kill()
        self.process.wait()
