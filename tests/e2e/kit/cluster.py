"""Several servers on one PostgreSQL, behind HAProxy with the configuration of compose/scaled."""

import re
import shutil
from pathlib import Path

from kit.proxies import ProxyProcess, find
from kit.server import Server

SAMPLE = Path(__file__).resolve().parents[3] / "compose/scaled"
FLAGS = ("--trusted-proxy", "127.0.0.1/32", "--shutdown-delay", "3s")
BACKEND_SERVER = re.compile(r"(?m)^ +server \w+ 127\.0\.0\.1:\d+\n")


class Balancer(ProxyProcess):
    """HAProxy with the sample, in front of servers."""

    def __init__(self, servers, port=None):
        super().__init__("haproxy", port)
        for page in SAMPLE.glob("*.http"):
            shutil.copy(page, self.folder)
        (self.folder / "haproxy.cfg").write_text(self.configuration_for(servers))
        self.start([find("haproxy"), "-C", self.folder, "-f", "haproxy.cfg"])

    def configuration_for(self, servers):
        """The sample as it stands, but for the addresses."""
        text = (SAMPLE / "haproxy.cfg").read_text()
        assert text.count("bind :8080") == 1 and len(BACKEND_SERVER.findall(text)) == 3, text
        text = text.replace("bind :8080", f"bind {self.address}")
        lines = "".join(f"    server number{number} {server.address}\n"
                        for number, server in enumerate(servers, 1))
        return BACKEND_SERVER.sub("", text) + lines


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
