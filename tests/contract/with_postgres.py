"""Runs a program beside a PostgreSQL server of its own. Usage: with_postgres.py PROGRAM [WORD…]

The server listens on 127.0.0.1 only, on a port that the system picks, keeps its data in a new folder
under /tmp, and is stopped by its process id when the program ends, however it ends. The program gets

    BOTAPI_TEST_POSTGRES         the URL of the database `postgres`, without the database's name
    BOTAPI_TEST_POSTGRES_KEEPER  this script's process id: SIGUSR1 restarts the server

With `BOTAPI_TEST_POSTGRES_FSYNC=on` the server makes data durable, for measurements.
"""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
READY_MAX = 60  # Seconds.


def find_programs():
    """The folder of PostgreSQL's programs, the newest version first."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    found = sorted(versions, key=lambda path: int(path.parts[-3]), reverse=True)
    if found:
        return found[0].parent
    in_path = shutil.which("postgres")
    if not in_path:
        sys.exit("PostgreSQL's server is not installed: apt-get install postgresql")
    return Path(in_path).parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


class Server:
    def __init__(self, folder):
        self.programs = find_programs()
        self.folder = folder
        self.process = None
        self.port = free_port()
        self.as_user = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            self.as_user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        subprocess.run(
            [self.programs / "initdb", "-D", folder / "data", "-U", "botapi", "-A", "trust",
             "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **self.as_user)

    def start(self):
        for _ in range(5):
            if self.try_start():
                return
            self.port = free_port()  # Somebody else took it in between.
        sys.exit((self.folder / "log").read_text(errors="replace"))

    def try_start(self):
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "fsync": os.environ.get("BOTAPI_TEST_POSTGRES_FSYNC", "off"),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                preexec_fn=die_with_parent, **self.as_user)
        until = time.monotonic() + READY_MAX
        while time.monotonic() < until and self.process.poll() is None:
            asked = subprocess.run(
                [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)],
                check=False)
            if asked.returncode == 0:
                return True
            time.sleep(0.02)
        return False

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # Ends the connections too.
            self.process.wait(60)


def main():
    with tempfile.TemporaryDirectory(prefix="botapi-contract-") as name:
        server = Server(Path(name))
        server.start()
        try:
            def restart(*_):
                server.stop()
                # A client that comes again and again may get the server's own port, for a moment.
                for _ in range(20):
                    if server.try_start():
                        return
                    time.sleep(0.1)
                sys.exit("PostgreSQL did not start again")

            signal.signal(signal.SIGUSR1, restart)
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
            environment = {
                **os.environ,
                "BOTAPI_TEST_POSTGRES": f"postgresql://botapi@127.0.0.1:{server.port}/",
                "BOTAPI_TEST_POSTGRES_KEEPER": str(os.getpid()),
            }
            sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
