"""Several servers on one PostgreSQL, behind HAProxy with the configuration of compose/scaled."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from kit.postgres import free_port
from kit.proxies import find
from kit.server import Server
from kit.wait import eventually

SAMPLE = Path(__file__).resolve().parents[3] / "compose/scaled"
FLAGS = ("--trusted-proxy", "127.0.0.1/32", "--shutdown-delay", "3s")
BACKEND_SERVER = re.compile(r"(?m)^ +server \w+ 127\.0\.0\.1:\d+\n")


class Balancer:
    """HAProxy with the sample, in front of servers. Clients see it as a server."""

    def __init__(self, servers, port=None):
        self.trust = False
        self.host, self.port = "127.0.0.1", port or free_port()
        self.address = f"{self.host}:{self.port}"
        self.url = f"http://{self.address}"
        self.folder = Path(tempfile.mkdtemp(prefix="botapi-balancer-"))
        for page in SAMPLE.glob("*.http"):
            shutil.copy(page, self.folder)
        (self.folder / "haproxy.cfg").write_text(self.configuration_for(servers))
        self.log = self.folder / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [find("haproxy"), "-C", self.folder, "-f", "haproxy.cfg"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=os.environ | {"HOME": str(self.folder)})
        try:
            eventually(self.listens, "HAProxy listens")
        except AssertionError as error:
            self.stop()
            raise AssertionError("HAProxy does not listen") from error

    def configuration_for(self, servers):
        """The sample as it stands, but for the addresses."""
        text = (SAMPLE / "haproxy.cfg").read_text()
        assert text.count("bind :8080") == 1 and len(BACKEND_SERVER.findall(text)) == 3, text
        text = text.replace("bind :8080", f"bind {self.address}")
        lines = "".join(f"    server number{number} {server.address}\n"
                        for number, server in enumerate(servers, 1))
        return BACKEND_SERVER.sub("", text) + lines

    def listens(self):
        assert self.process.poll() is None, self.log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.port)) == 0

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder)


class Cluster:
    """`count` servers on the database at a URL, and HAProxy in front of them.

    The database is migrated. The logs are written to `folder`.
    """

    def __init__(self, database, folder, count=3, port=None, flags=()):
        self.database, self.folder, self.flags = database, Path(folder), (*FLAGS, *flags)
        self.starts = 0
        self.servers = []
        try:
            for _ in range(count):
                self.servers.append(self.new_server())
            self.balancer = Balancer(self.servers, port)
        except BaseException:
            self.stop_servers()
            raise

    def new_server(self, listen="127.0.0.1:0"):
        self.starts += 1
        log = self.folder / f"server-{self.starts}.log"
        return Server(self.database, log, *self.flags, listen=listen)

    def kill(self, number):
        self.servers[number].kill()

    def start_again(self, number):
        """Starts a server where one has ended."""
        self.servers[number] = self.new_server(self.servers[number].address)

    def upgrade(self, number):
        """Replaces a server as an operator does: ends it, then starts another in its place."""
        assert self.servers[number].stop() == 0
        self.start_again(number)

    def stop_servers(self):
        for server in self.servers:
            server.ask_to_end()
        for server in self.servers:
            server.process.wait(40)

    def stop(self):
        self.balancer.stop()
        self.stop_servers()
