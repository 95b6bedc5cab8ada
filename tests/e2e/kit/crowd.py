"""Many connections that are slow, or do nothing, and one polite client among them."""

import http.client
import json
import os
import resource
import selectors
import socket
import time

PACE = 2.0  # Seconds between two bytes of a slow connection.


def allow_files(count):
    """Lets this process have so many files open, beside those it has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = len(os.listdir("/proc/self/fd")) + count + 200
    assert wanted <= hard, f"the system allows {hard} open files, and {wanted} are needed"
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def say_at_length(api, talk, count):
    """So many messages of 60 KB. Returns the path of a list that no socket's buffers take whole."""
    lines = [json.dumps(talk.message("x" * 60_000)) for _ in range(count)]
    answer = api.post("/messages", content="\n".join(lines),
                      headers={"Content-Type": "application/x-ndjson"})
    assert answer.text.count('"status":201') == count
    return f"/messages?conversationId={talk.conversation}"


def follow_by_events(port, conversation):
    """A connection that follows a conversation and has been answered."""
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(f"GET /messages?conversationId={conversation} HTTP/1.1\r\nHost: localhost\r\n"
                "Accept: text/event-stream\r\n\r\n".encode())
    told = receive_until(one, b"retry: ")
    assert told.startswith(b"HTTP/1.1 200 "), told
    return one


def follow_by_socket(port, conversation):
    """The same over a WebSocket that may compress, as those of browsers do."""
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                b"Sec-WebSocket-Protocol: botapi.v1\r\n"
                b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
    told = receive_until(one, b"\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 101 ") and b"permessage-deflate" in told, told
    wish = json.dumps({"type": "subscribe", "id": "s", "conversationId": conversation}).encode()
    one.sendall(bytes([0x81, 0x80 | len(wish), 0, 0, 0, 0]) + wish)  # Masked with nothing.
    head = one.recv(2)
    assert head[0] & 0x8f == 0x81, head
    receive_until(one, b"", head[1])
    return one


def receive_until(one, end, size=1):
    """All that comes, until it has `end` and so many bytes."""
    told = b""
    while end not in told or len(told) < size:
        more = one.recv(4096)
        assert more, told
        told += more
    return told


class Slow:
    """One connection that takes its time: with a header, with a body, or with taking an answer."""

    KINDS = ("header", "body", "answer")

    def __init__(self, server, kind, path, headers=""):
        self.kind = kind
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        self.socket.setblocking(False)
        self.socket.connect_ex((server.host, server.port))
        self.begin = {
            "header": f"GET /healthz HTTP/1.1\r\nHost: x\r\n{headers}X: ",
            "body": ("POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                     f"{headers}Content-Length: 10000\r\n\r\n"),
            "answer": f"GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n",
        }[kind].encode()
        self.since = time.monotonic()
        self.due = self.since

    def go_on(self):
        """Sends or takes a byte. False if the server has had enough."""
        self.due = time.monotonic() + PACE
        try:
            if self.begin:
                sent = self.socket.send(self.begin)
                self.begin = self.begin[sent:]
            elif self.kind == "answer":
                # What had arrived before a reset could still be read for hours.
                is_reset = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
                return not is_reset and self.socket.recv(1) != b""
            else:
                self.socket.send(b"x" if self.kind == "header" else b" ")
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            return False
        return True


class Crowd:
    """Keeps a number of slow connections open: for each that is cut off comes another one."""

    def __init__(self, server, count, path):
        self.server, self.count, self.path = server, count, path
        self.selector = selectors.DefaultSelector()
        self.members = []
        self.cut_after = []  # Seconds that those lived that were cut off.
        self.made = 0

    def open_one(self):
        kind = Slow.KINDS[self.made % len(Slow.KINDS)]
        self.made += 1
        one = Slow(self.server, kind, self.path)
        if kind != "answer":  # Whatever the others are told, it is that they are cut off.
            self.selector.register(one.socket, selectors.EVENT_READ, one)
        self.members.append(one)

    def close_one(self, one):
        if one.kind != "answer":
            self.selector.unregister(one.socket)
        one.socket.close()

    def live(self, seconds, refill=True):
        """Goes on for so long. Returns the age of the oldest."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if refill:
                for _ in range(min(500, self.count - len(self.members))):
                    self.open_one()
            gone = {id(key.data) for key, _ in self.selector.select(0.02)}
            now = time.monotonic()
            kept = []
            for one in self.members:
                if id(one) in gone or (one.due <= now and not one.go_on()):
                    self.cut_after.append(now - one.since)
                    self.close_one(one)
                else:
                    kept.append(one)
            self.members = kept
        return max((time.monotonic() - one.since for one in self.members), default=0)

    def close(self):
        for one in self.members:
            self.close_one(one)
        self.members = []


def probe(server, path, seconds, rate=200):
    """A polite client's times of answers, in milliseconds, sorted."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    taken = []
    begun = time.monotonic()
    for number in range(int(seconds * rate)):
        due = begun + number / rate
        time.sleep(max(0.0, due - time.monotonic()))
        asked = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        taken.append((time.perf_counter() - asked) * 1e3)
    connection.close()
    return sorted(taken)


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
