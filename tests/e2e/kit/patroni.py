"""Three PostgreSQL under Patroni, with etcd, as compose/available configures them."""

import base64
import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from kit.postgres import as_postgres, find_programs, free_port, is_running
from kit.proxies import ProxyProcess, find
from kit.wait import eventually

SAMPLE = Path(__file__).resolve().parents[3] / "compose/available"
PASSWORD = "loopback"  # Of everybody: only this machine reaches the cluster.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
PYTHON = "/usr/bin/python3"  # Of Debian, as Patroni is.
MEMBERS = ("pg1", "pg2", "pg3")
MEMBER = re.compile(r"(?m)^    server (pg\d) pg\d:5432$")


def missing():
    """The programs that Debian has and this machine lacks, as packages."""
    packages = {"etcd": "etcd-server", "patroni": "patroni", "haproxy": "haproxy"}
    absent = [package for program, package in packages.items() if not find(program)]
    modules = {"psycopg2": "python3-psycopg2", "etcd": "python3-etcd"}
    for module, package in modules.items():
        if subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True,
                          check=False).returncode:
            absent.append(package)
    return absent


def send(processes, number):
    for process in processes:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            continue


def query(address, statement, role, database="botapi", seconds=60):
    """What `psql` prints, without decoration, and how it ends."""
    host, port = address.split(":")
    command = ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", host, "-p", port,
               "-U", role, "-d", database, "-c", statement]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds,
                          env=os.environ | {"PGPASSWORD": PASSWORD, "PGCONNECT_TIMEOUT": "5"})


class Host:
    """Where processes run and listen: this machine, on the loopback interface."""

    launcher = ()  # A command that becomes the program, there.

    def __init__(self, address="127.0.0.1"):
        self.address = address

    def port(self, _usual):
        """One that nobody has there."""
        return free_port()


class Etcd:
    """A single etcd. Its data is in `folder`."""

    def __init__(self, folder, as_user, host):
        self.folder, self.as_user = folder / "etcd", as_user
        self.address = f"{host.address}:{host.port(2379)}"
        self.peers = f"http://{host.address}:{host.port(2380)}"
        self.process = None
        self.start()

    def start(self):
        clients = f"http://{self.address}"
        # Patroni 3.0.2 is not safe with version 3 of the API: see compose/available/patroni.yaml.
        command = [find("etcd"), "--enable-v2", "--name", "etcd", "--data-dir", self.folder,
                   "--listen-client-urls", clients, "--advertise-client-urls", clients,
                   "--listen-peer-urls", self.peers, "--initial-advertise-peer-urls", self.peers,
                   "--initial-cluster", f"etcd={self.peers}"]
        with open(self.folder.with_suffix(".log"), "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, **self.as_user)
        eventually(self.is_healthy, "etcd is healthy")

    def is_healthy(self):
        assert self.process.poll() is None, self.folder.with_suffix(".log").read_text()[-3000:]
        try:
            with OPENER.open(f"http://{self.address}/health", timeout=1) as answer:
                return json.load(answer)["health"] == "true"
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()


class Member:
    """A PostgreSQL and its Patroni. It may take over one that was `there`, where that was."""

    def __init__(self, name, folder, as_user, host, etcd, there=None):
        self.name, self.as_user, self.host = name, as_user, host
        self.data = there.folder / "data" if there else folder / name
        self.log = folder / f"{name}.log"
        self.configuration = folder / "patroni.yaml"
        self.address = f"{host.address}:{there.port if there else host.port(5432)}"
        self.rest = f"{host.address}:{host.port(8008)}"
        self.environment = {
            "PATH": f"{folder}:{find_programs()}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "POSTGRES_PASSWORD": PASSWORD,
            "PATRONI_NAME": name,
            "PATRONI_ETCD_HOST": etcd.address,
            "PATRONI_RESTAPI_LISTEN": self.rest,
            "PATRONI_RESTAPI_CONNECT_ADDRESS": self.rest,
            "PATRONI_RESTAPI_USERNAME": "patroni",
            "PATRONI_RESTAPI_PASSWORD": PASSWORD,
            "PATRONI_POSTGRESQL_LISTEN": self.address,
            "PATRONI_POSTGRESQL_CONNECT_ADDRESS": self.address,
            "PATRONI_POSTGRESQL_DATA_DIR": str(self.data),
            "PATRONI_POSTGRESQL_BIN_DIR": str(find_programs()),
            "PATRONI_POSTGRESQL_PGPASS": str(folder / f"{name}.pgpass"),
            "PATRONI_SUPERUSER_USERNAME": "postgres",
            "PATRONI_SUPERUSER_PASSWORD": PASSWORD,
            "PATRONI_REPLICATION_USERNAME": "replicator",
            "PATRONI_REPLICATION_PASSWORD": PASSWORD,
        }
        self.patroni = None

    def start(self):
        launcher, as_user = list(self.host.launcher), dict(self.as_user)
        if launcher and "user" in as_user:  # Only root may enter; it drops its rights behind that.
            launcher += ["setpriv", f"--reuid={as_user.pop('user')}",
                         f"--regid={as_user.pop('group')}", "--clear-groups"]
            as_user.pop("extra_groups")
        with open(self.log, "ab") as log:
            self.patroni = subprocess.Popen(
                [*launcher, PYTHON, find("patroni"), self.configuration], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env=self.environment, start_new_session=True, **as_user)

    def is_alive(self):
        return self.patroni is not None and self.patroni.poll() is None

    def postmaster(self):
        """Its process, or None."""
        try:
            process = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        except (OSError, ValueError):
            return None
        return process if process in self.processes() else None

    def processes(self):
        """All that belong to the member: Patroni with its children, PostgreSQL with its own."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                session = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[3])
                inside = os.readlink(folder / "cwd") == str(self.data)
            except (OSError, ValueError):
                continue
            if inside or (self.patroni and session == self.patroni.pid):
                found.append(int(folder.name))
        return found

    def kill_postmaster(self):
        send([self.postmaster()], signal.SIGKILL)

    def kill(self):
        """Ends all of it as the end of the machine would."""
        while found := [one for one in self.processes() if is_running(one)]:
            send(found, signal.SIGKILL)
            if self.patroni:
                self.patroni.poll()
        if self.patroni:
            self.patroni.wait()

    def hang(self):
        send(self.processes(), signal.SIGSTOP)

    def go_on(self):
        send(self.processes(), signal.SIGCONT)

    def ask(self, path, body=None, seconds=1, method=None):
        """The status and the JSON of Patroni's answer. (0, {}) if there is none."""
        token = base64.b64encode(f"patroni:{PASSWORD}".encode()).decode()
        request = urllib.request.Request(
            f"http://{self.rest}{path}", data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Basic {token}", "Content-Type": "application/json"},
            method=method)
        try:
            with OPENER.open(request, timeout=seconds) as answer:
                status, reply = answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            status, reply = refusal.code, refusal.read()
        except (OSError, ValueError):
            return 0, {}
        try:
            return status, json.loads(reply)
        except ValueError:
            return status, {}

    def state(self):
        return self.ask("/patroni")[1]

    def is_primary(self):
        return self.ask("/primary")[0] == 200

    def sql(self, statement, database="botapi", seconds=60):
        """The output of `psql`, without decoration."""
        done = query(self.address, statement, "postgres", database, seconds)
        assert done.returncode == 0, f"{statement}: {done.stderr}"
        return done.stdout


class PrimaryListener(ProxyProcess):
    """HAProxy with the sample: whoever connects to it reaches the primary."""

    def __init__(self, members, host=None):
        host = host or Host()
        super().__init__("haproxy", host.port(6432), host.address)
        self.health = f"{host.address}:{host.port(8404)}"
        file = self.folder / "primary.cfg"
        file.write_text(self.configuration_for(members))
        self.start([*host.launcher, find("haproxy"), "-f", file])
        # Before its first check it takes each member for a primary.
        eventually(self.has_one_primary, "HAProxy leads to the primary")

    def has_one_primary(self):
        try:
            with OPENER.open(f"http://{self.health}/primary", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def configuration_for(self, members):
        """The sample as it stands, but for the addresses."""
        text = (SAMPLE / "primary.cfg").read_text()
        assert MEMBER.findall(text) == list(MEMBERS), text
        for usual, own in (("bind :5432", self.address), ("bind :8404", self.health)):
            assert text.count(usual) == 1, text
            text = text.replace(usual, f"bind {own}")
        found = {one.name: f"{one.address} port {one.rest.split(':')[1]}" for one in members}
        return MEMBER.sub(lambda line: f"    server {line[1]} {found[line[1]]}", text)

    def database_url(self):
        return f"postgresql://botapi:{PASSWORD}@{self.address}/botapi"


class Patroni:
    """Three members, an etcd, and the listener that leads to the primary.

    `hosts` says where the members run; etcd and the listener run at `center`. A PostgreSQL that is
    `there` stops, and its data is that of the first member: see docs/scaling.md.
    """

    def __init__(self, hosts=None, center=None, there=None):
        self.center = center or Host()
        self.folder = Path(tempfile.mkdtemp(prefix="botapi-patroni-"))
        self.as_user = as_postgres(self.folder)
        self.members, self.etcd, self.listener = [], None, None
        try:
            self.copy_sample()
            self.etcd = Etcd(self.folder, self.as_user, self.center)
            for name, host in zip(MEMBERS, hosts or [Host() for _ in MEMBERS]):
                first = there if name == MEMBERS[0] else None
                self.members.append(
                    Member(name, self.folder, self.as_user, host, self.etcd, first))
            if there:
                self.be_lenient()
                there.stop()
            self.members[0].start()
            eventually(self.members[0].is_primary, "the first member is primary", 60)
            for member in self.members[1:]:
                member.start()
            self.listener = PrimaryListener(self.members)
            self.wait_until_healthy(120)
            if there:
                self.configure(synchronous_mode_strict=True)
        except BaseException:
            print(self.logs())
            self.remove()
            raise

    def copy_sample(self):
        """To where whoever runs PostgreSQL may read it."""
        for name in ("patroni.yaml", "make-database"):
            shutil.copy(SAMPLE / name, self.folder)
            (self.folder / name).chmod(0o755)

    def be_lenient(self):
        """Lets the first member store messages as long as it is alone."""
        file = self.folder / "patroni.yaml"
        strict = "synchronous_mode_strict: true"
        assert file.read_text().count(strict) == 1
        file.write_text(file.read_text().replace(strict, strict.replace("true", "false")))

    @property
    def url(self):
        return self.listener.database_url()

    def control(self):
        """The command that administers the cluster, with a file of its own."""
        file = self.folder / "patronictl.yaml"
        file.write_text(
            f"scope: botapi\netcd: {{host: '{self.etcd.address}'}}\n"
            f"restapi: {{authentication: {{username: patroni, password: {PASSWORD}}}}}\n")
        return f"patronictl -c {file}"

    def primary(self):
        """The member that leads, or None."""
        return next((one for one in self.members if one.is_primary()), None)

    def is_healthy(self):
        """Whether one leads, and two others follow it, one of them as the one to take over."""
        states = [one.state() for one in self.members]
        if any(one.get("state") != "running" for one in states):
            return False
        if len({one.get("timeline") for one in states}) != 1:
            return False
        leader = self.primary()
        if not leader:
            return False
        streaming = [one for one in leader.state().get("replication", [])
                     if one["state"] == "streaming"]
        # Only who is named in etcd may take over.
        known = leader.ask("/cluster")[1].get("members", [])
        return (len(streaming) == len(self.members) - 1
                and self.is_synchronous == any(one["role"] == "sync_standby" for one in known))

    def wait_until_healthy(self, seconds=180):
        eventually(self.is_healthy, f"Patroni's cluster is healthy:\n{self.logs()}", seconds)

    def heal(self):
        """Waits for health. A member that does not come back by itself is made anew.

        One whose source was killed during `pg_rewind` stays in the state `starting` for ever.
        """
        began = last = time.monotonic()
        while not self.is_healthy():
            now = time.monotonic()
            assert now < began + 180, f"the cluster stays ill:\n{self.logs()}"
            if now > last + 30:
                last = now
                for member in self.members:
                    if member.state().get("state") != "running":
                        member.ask("/reinitialize", {"force": True}, 10)
                        self.remade += 1
            time.sleep(0.1)

    remade = 0  # How many members were.
    is_synchronous = True

    def switch_over(self):
        """Hands the role over to a standby, as an operator does. Returns the status."""
        leader = self.primary()
        return leader.ask("/switchover", {"leader": leader.name}, 30)[0]

    def configure(self, **settings):
        """Changes Patroni's settings in etcd, as `patronictl edit-config` does."""
        status, _ = self.primary().ask("/config", settings, 10, "PATCH")
        assert status == 200, status
        self.is_synchronous = settings.get("synchronous_mode", self.is_synchronous)

    def another_leads(self, than):
        """The member that leads now, if it is another one."""
        return next((one for one in self.members if one is not than and one.is_primary()), None)

    def sql(self, statement, database="botapi"):
        return self.primary().sql(statement, database)

    def logs(self):
        parts = [f"--- {file.name}\n{file.read_text('utf-8', 'replace')[-2500:]}"
                 for file in sorted(self.folder.glob("*.log"))]
        return "\n".join(parts)

    def remove(self):
        for member in self.members:
            member.kill()
        if self.etcd:
            self.etcd.kill()
        if self.listener:
            self.listener.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
