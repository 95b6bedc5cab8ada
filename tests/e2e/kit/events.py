"""Server-Sent Events, as their clients see them."""

import json
import resource
import selectors
import socket
from contextlib import contextmanager
from dataclasses import dataclass

from kit.wait import eventually


def live_metric(api, name):
    """The metrics of a server about its followers."""
    for line in api.get("/metrics").text.splitlines():
        if line.startswith(f"botapi_live_{name} "):
            return float(line.split()[1])
    raise AssertionError(f"there is no metric {name}")


@dataclass(frozen=True)
class Event:
    """An event or a comment as a client gets it. A comment has no data."""

    kind: str
    id: str
    data: object


class Parser:
    """Takes text apart as the HTML standard says in section 9.2.6."""

    def __init__(self):
        self.pending = b""
        self.retry = None
        self.comments = 0

    def feed(self, data):
        """The events that end in `data`."""
        *blocks, self.pending = (self.pending + data).split(b"\n\n")
        return [event for block in blocks if (event := self.event_of(block.decode()))]

    def event_of(self, block):
        fields = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            if name == "":
                self.comments += 1
            assert name in ("", "id", "event", "data", "retry"), block
            assert name == "" or name not in fields, block
            fields[name] = value.removeprefix(" ")
        if "retry" in fields:
            self.retry = int(fields["retry"])
        if "data" not in fields:
            return None
        return Event(fields.get("event", "message"), fields.get("id"), json.loads(fields["data"]))


class Stream:
    """The events of one answer, each as soon as it is there."""

    def __init__(self, answer):
        self.answer = answer
        self.parser = Parser()
        self.ready = []
        self.parts = answer.iter_raw()
        self.is_over = False

    def fill(self):
        try:
            self.ready += self.parser.feed(next(self.parts))
        except StopIteration:
            self.is_over = True

    def take(self, count):
        """The next events. Fails if the stream ends before."""
        while len(self.ready) < count:
            assert not self.is_over, f"the stream ended after {self.ready}"
            self.fill()
        taken, self.ready = self.ready[:count], self.ready[count:]
        return taken

    def texts(self, count):
        return [event.data["text"] for event in self.take(count)]

    def heartbeat(self):
        """Waits for a comment."""
        before = self.parser.comments
        while self.parser.comments == before:
            assert not self.is_over
            self.fill()

    def rest(self):
        """All that comes until the server ends the stream."""
        while not self.is_over:
            self.fill()
        taken, self.ready = self.ready, []
        return taken


@contextmanager
def following(api, last_event_id=None, **parameters):
    """Follows a stream with a stock client."""
    headers = {"Accept": "text/event-stream"}
    if last_event_id is not None:
        headers["Last-Event-ID"] = last_event_id
    with api.stream("GET", "/messages", params=parameters, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"] == "text/event-stream"
        yield Stream(answer)


class Watcher:
    """A watcher in a crowd."""

    def __init__(self, address, target):
        self.socket = socket.create_connection(address, 30)
        self.socket.sendall(f"GET {target} HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n".encode())
        self.head = b""
        self.parser = None
        self.events = []

    def receive(self):
        """Reads what is there. False if that is the end."""
        data = self.socket.recv(65536)
        if not data:
            return False
        if self.parser is None:
            self.head += data
            if b"\r\n\r\n" not in self.head:
                return True
            self.head, data = self.head.split(b"\r\n\r\n", 1)
            assert self.head.startswith(b"HTTP/1.0 200 "), self.head
            self.parser = Parser()
        self.events += self.parser.feed(data)
        return True


class Crowd:
    """Many watchers on one thread. They speak HTTP/1.0, whose answers have no chunks."""

    def __init__(self, server, targets):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * len(targets))), hard))
        self.selector = selectors.DefaultSelector()
        self.watchers = []
        for target in targets:
            one = Watcher((server.host, server.port), target)
            self.selector.register(one.socket, selectors.EVENT_READ, one)
            self.watchers.append(one)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in self.watchers:
            one.socket.close()
        self.selector.close()

    def read(self):
        for key, _ in self.selector.select(0.05):
            if not key.data.receive():
                self.selector.unregister(key.data.socket)

    def until(self, is_done, what):
        """Reads until `is_done` of every watcher."""

        def look():
            self.read()
            return all(is_done(one) for one in self.watchers)

        eventually(look, what)
