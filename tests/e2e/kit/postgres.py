"""A PostgreSQL server that belongs to one test run."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from kit.wait import eventually


def find_programs():
    """The folder of PostgreSQL's programs, the newest version first."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    found = sorted(versions, key=lambda path: int(path.parts[-3]), reverse=True)
    if found:
        return found[0].parent
    in_path = shutil.which("postgres")
    assert in_path, "PostgreSQL's server is not installed: apt-get install postgresql"
    return Path(in_path).parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_running(process):
    """Whether there is such a process, other than one that nobody has waited for yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def as_postgres(folder):
    """What `subprocess` needs so that a program may be PostgreSQL, which owns the folder then.

    PostgreSQL refuses to run as root: then it runs as `postgres`.
    """
    if os.geteuid() != 0:
        return {}
    owner = pwd.getpwnam("postgres")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "cwd": folder}


class Postgres:
    """One PostgreSQL, on 127.0.0.1 and a port of its own, with a data folder of its own.

    The folder is made in `parent`; it is a copy of that of `primary`, which it then follows.

    Unless the settings say so, what is written is not forced to the disk: it is thrown away, and no
    test cuts the machine's power.
    """

    def __init__(self, parent=None, primary=None, **settings):
        self.settings = {"max_connections": 300, "fsync": "off"} | settings
        self.programs = find_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="botapi-e2e-pg-", dir=parent))
        self.as_user = as_postgres(self.folder)
        self.port = None
        self.process = None
        self.databases = 0
        if primary is None:
            self.run("initdb", "-D", self.folder / "data", "-U", "botapi", "-A", "trust",
                     "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
        else:
            self.run("pg_basebackup", "-D", self.folder / "data", "-R", "-X", "stream", "--no-sync",
                     "-c", "fast", "-h", "127.0.0.1", "-p", str(primary.port), "-U", "botapi")
        for _ in range(5):
            self.port = free_port()  # Somebody else may take it in between.
            if self.has_started():
                return
        raise AssertionError((self.folder / "log").read_text())

    def run(self, program, *arguments):
        command = [self.programs / program, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self.as_user)
        assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self):
        """Where it was before, once nothing is left of what ran there: until then it refuses to."""
        eventually(self.has_started, "PostgreSQL is there again")

    def has_started(self):
        self.process = self.spawn()
        eventually(self.outcome, "PostgreSQL is ready, or has ended")
        return self.is_ready()

    def spawn(self):
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
        } | self.settings
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with open(self.folder / "log", "ab") as log:
            return subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.as_user)

    def outcome(self):
        return self.is_ready() or self.process.poll() is not None

    def is_ready(self):
        command = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return (self.process.poll() is None
                and subprocess.run(command, check=False).returncode == 0)

    def stop(self):
        """Ends every connection and the server."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)

    def kill(self):
        """Ends it as a crash would, with all its processes."""
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True,
                               text=True, check=False).stdout.split()
        self.process.kill()
        self.process.wait()
        for child in map(int, found):
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                continue
        eventually(lambda: not any(map(is_running, map(int, found))), "its processes have ended")

    def kill_postmaster(self):
        """Ends only its first process, at once. The others notice, and end by themselves."""
        self.process.kill()
        self.process.wait()

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder)

    def sql(self, statement, database="postgres"):
        """The output of `psql`, without decoration."""
        return self.run("psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1",
                        "-p", str(self.port), "-U", "botapi", "-d", database, "-c", statement)

    def new_standby(self):
        """Another server, which follows this one."""
        return Postgres(primary=self, **self.settings)

    def promote(self):
        """Makes a standby a primary."""
        self.run("pg_ctl", "promote", "-D", self.folder / "data", "-w")

    def make_read_only(self):
        """Lets it refuse to write, as a standby does, on the connections that it has, too."""
        self.set_read_only("on")

    def make_writable(self):
        self.set_read_only("off")

    def set_read_only(self, value):
        self.sql(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        self.sql("SELECT pg_reload_conf()")
        # New connections see the setting once all other processes have reloaded it.
        eventually(lambda: self.sql("SHOW default_transaction_read_only").strip() == value,
                   f"default_transaction_read_only is {value}")

    def new_database(self):
        """The URL of a database with nothing in it."""
        self.databases += 1
        name = f"e2e_{self.databases}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE template0")
        return f"postgresql://botapi@127.0.0.1:{self.port}/{name}"
