"""Prism between a client and the server: it compares what both say with the OpenAPI document."""

import json
import socket
import subprocess
from urllib.parse import urlsplit

from kit.wait import eventually


class Prism:
    """Looks to its clients like the server behind it, and writes down what the document forbids."""

    def __init__(self, tools, server, log):
        self.server = server
        self.violations = []
        self.compared = 0
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.host, self.address = "127.0.0.1", f"127.0.0.1:{self.port}"
        self.url = f"http://{self.address}"
        self.trust = False  # It speaks no TLS.
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                [tools.npm("prism"), "proxy", tools.openapi, server.url, "--host", "127.0.0.1",
                 "--port", str(self.port)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        eventually(lambda: "is listening" in log.read_text("utf-8", "replace"), "Prism listens",
                   seconds=60)

    def look_at(self, answer):
        """Called for each answer. That a request was wrong is no fault, if it was refused."""
        self.compared += 1
        found = json.loads(answer.headers.get("sl-violations", "[]"))
        asked = f"{answer.request.method} {urlsplit(str(answer.request.url)).path}"
        for one in found:
            if one["location"][0] == "response" or answer.status_code < 400:
                self.violations.append((asked, answer.status_code, one))

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
