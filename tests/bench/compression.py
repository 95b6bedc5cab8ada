"""What compression saves and costs. Usage: compression.py BOTAPI

It starts the program with SQLite, and prints the size and the time of lists in each coding, and how
long others wait for one message while 8 clients read a list of 20,000 messages.
"""

import contextlib
import http.client
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

CODINGS = ("identity", "gzip", "zstd")
WORDS = ("oi como posso te ajudar hoje quero saber o saldo da minha conta por favor obrigado sim nao "
         "talvez amanha pedido numero entrega cliente produto valor").split()
READER = """
import http.client, sys
port, path, coding = sys.argv[1:]
connection = http.client.HTTPConnection("127.0.0.1", int(port))
while True:
    connection.request("GET", path, headers={"Accept-Encoding": coding})
    answer = connection.getresponse()
    while answer.read(1 << 20):
        pass
    print(flush=True)
"""


@contextlib.contextmanager
def serving(program):
    """A server with an empty database; its port."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with log.open("w") as output:
            running = subprocess.Popen(
                [program, "serve", "--database", f"sqlite:{folder}/botapi.db",
                 "--listen", "127.0.0.1:0", "--log-format", "json"],
                stdout=output, stderr=output)
        try:
            while not (found := re.search(r'"addresses":"127\.0\.0\.1:(\d+)"', log.read_text())):
                assert running.poll() is None, log.read_text()
                time.sleep(0.05)
            yield int(found[1])
        finally:
            running.terminate()
            running.wait()


class Client:
    def __init__(self, port):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, named)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status < 300, content
        return content

    def fill(self, count):
        """A conversation of so many messages; the path of its list."""
        bot, user, conversation = (str(uuid.uuid4()) for _ in range(3))
        self.ask("POST", "/bots", json.dumps({"id": bot, "name": "Aureo"}),
                 Content_Type="application/json")
        lines = (json.dumps({"conversationId": conversation, "from": bot, "to": user,
                             "text": " ".join(random.choices(WORDS, k=random.randrange(3, 30)))})
                 for _ in range(count))
        self.ask("POST", "/messages", "\n".join(lines), Content_Type="application/x-ndjson",
                 Prefer="return=minimal")
        return f"/messages?conversationId={conversation}"

    def times(self, path, seconds, coding="identity"):
        """The milliseconds of each answer, in order of size, and the bytes of the last one."""
        times, end = [], time.monotonic() + seconds
        while time.monotonic() < end or not times:
            since = time.perf_counter()
            content = self.ask("GET", path, Accept_Encoding=coding)
            times.append(1_000 * (time.perf_counter() - since))
        return sorted(times), len(content)


@contextlib.contextmanager
def readers(count, port, path, coding):
    running = [subprocess.Popen([sys.executable, "-c", READER, str(port), path, coding],
                                stdout=subprocess.DEVNULL) for _ in range(count)]
    time.sleep(1)
    try:
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


def main():
    random.seed(1)
    with serving(sys.argv[1]) as port:
        client = Client(port)
        long, short = client.fill(20_000), client.fill(1_000)
        page = f"{short}&limit=1000"
        message = f"/messages/{json.loads(client.ask('GET', page))[0]['id']}"
        for coding in CODINGS:
            for name, path in (("page of 1,000, in memory", page), ("list of 20,000", long)):
                times, size = client.times(path, 3, coding)
                print(f"{coding:8}  {name:24}  {size:9,} bytes  {statistics.median(times):6.2f} ms")
        for coding in (None, *CODINGS):
            with readers(8 if coding else 0, port, long, coding):
                times, _ = client.times(message, 6)
            print(f"{coding or 'nobody':8}  one message beside them   p50 {times[len(times) // 2]:6.2f} ms"
                  f"  p99 {times[len(times) * 99 // 100]:6.2f} ms")


if __name__ == "__main__":
    main()
