"""The proxies whose configurations are in compose/proxy, each with Debian's program."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from kit.postgres import free_port
from kit.wait import eventually

SAMPLES = Path(__file__).resolve().parents[3] / "compose/proxy"

NGINX = """
daemon off;
pid {folder}/pid;
error_log stderr;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {sample};
}}
"""

APACHE = """
ServerName localhost
ServerRoot {folder}
DocumentRoot {folder}
PidFile {folder}/pid
ErrorLog /dev/stderr
{user}
{modules}
Include {sample}
"""
# Those that Debian turns on, as far as they matter here, and those that the sample asks for.
APACHE_MODULES = ["mpm_event", "authz_core", "reqtimeout", "headers", "proxy", "proxy_http"]


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def is_installed(name):
    return find({"apache": "apache2"}.get(name, name)) is not None


class ProxyProcess:
    """The program of a proxy, on a port of its own. Clients see it as a server."""

    def __init__(self, name, port=None, host="127.0.0.1"):
        self.name = name
        self.trust = False
        self.host, self.port = host, port or free_port()
        self.address = f"{self.host}:{self.port}"
        self.url = f"http://{self.address}"
        self.folder = Path(tempfile.mkdtemp(prefix=f"botapi-e2e-{name}-"))
        self.folder.chmod(0o755)
        self.process = None

    def start(self, command):
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=os.environ | {"HOME": str(self.folder)})
        try:
            eventually(self.listens, f"{self.name} listens")
        except AssertionError as error:
            told = (self.folder / "log").read_text()
            self.stop()
            raise AssertionError(told) from error

    def listens(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
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


class Proxy(ProxyProcess):
    """A proxy with the sample of its name, in front of one server."""

    def __init__(self, name, server):
        super().__init__(name)
        self.sample = self.folder / "sample"
        self.sample.write_text(self.sample_for(server))
        self.start(self.command())

    def sample_for(self, server):
        """The sample as it stands, but for the two addresses."""
        path = {"nginx": "nginx.conf", "haproxy": "haproxy.cfg", "caddy": "Caddyfile",
                "apache": "apache.conf"}[self.name]
        text = (SAMPLES / path).read_text()
        assert "127.0.0.1:8000" in text
        text = text.replace("127.0.0.1:8000", server.address)
        if self.name == "caddy":
            own = f"{{\n\tadmin off\n}}\n\nhttp://:{self.port} {{\n\tbind 127.0.0.1"
            text, count = re.subn(r"(?m)^:8080 \{", own, text)
        else:
            pattern = r"(?m)^(\s*(?:listen|bind|Listen) )(:?)8080"
            text, count = re.subn(pattern, rf"\g<1>127.0.0.1:{self.port}", text)
            text = text.replace("*:8080", f"127.0.0.1:{self.port}")
        assert count == 1, text
        return text

    def command(self):
        main = self.folder / "main"
        user = pwd.getpwuid(os.geteuid()).pw_name
        if self.name == "nginx":
            main.write_text(NGINX.format(folder=self.folder, sample=self.sample,
                                         user=f"user {user};"))
            return [find("nginx"), "-c", main]
        if self.name == "haproxy":
            return [find("haproxy"), "-f", self.sample]
        if self.name == "caddy":
            return [find("caddy"), "run", "--adapter", "caddyfile", "--config", self.sample]
        modules = "\n".join(
            f"LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so"
            for module in APACHE_MODULES)
        as_user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
        main.write_text(APACHE.format(folder=self.folder, sample=self.sample, modules=modules,
                                      user=as_user))
        return [find("apache2"), "-D", "FOREGROUND", "-f", main]
