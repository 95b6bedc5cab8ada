"""Many connections that are slow, or do nothing, and one polite client among them."""

import http.client
import json
import os
import resource
import select
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
    reply = receive_until(one, b"retry: ")
    assert reply.startswith(b"HTTP/1.1 200 "), reply
    return one


def follow_by_socket(port, conversation):
    """The same over a WebSocket that may compress, as those of browsers do."""
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                b"Sec-WebSocket-Protocol: botapi.v1\r\n"
                b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
    reply = receive_until(one, b"\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 101 ") and b"permessage-deflate" in reply, reply
    command = json.dumps({"type": "subscribe", "id": "s", "conversationId": conversation}).encode()
    one.sendall(bytes([0x81, 0x80 | len(command), 0, 0, 0, 0]) + command)  # Masked with nothing.
    head = one.recv(2)
    assert head[0] & 0x8f == 0x81, head
    receive_until(one, b"", head[1])
    return one


def receive_until(one, end, size=1):
    """All that comes, until it has `end` and so many bytes."""
    reply = b""
    while end not in reply or len(reply) < size:
        more = one.recv(4096)
        assert more, reply
        reply += more
    return reply


class Slow:
    """A slow connection: it delays its header, its body, or reading the answer."""

    KINDS = ("header", "body", "answer")

    def __init__(self, server, kind, path, headers=""):
        self.kind = kind
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        self.socket.setblocking(False)
        self.socket.connect_ex((server.host, server.port))
        self.begin = {
            "header": f"GET /healthz HTTP/1.1\r\nHost: localhost\r\n{headers}X: ",
            "body": ("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                     f"{headers}Content-Length: 10000\r\n\r\n"),
            "answer": f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n",
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
                return self.socket.recv(1) != b""
            else:
                self.socket.send(b"x" if self.kind == "header" else b" ")
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            return False
        return True


class Crowd:
    """Keeps a number of slow connections open: for each that is cut off comes another one.

    They come `arrivals` a second. Those that come together are cut off together, and come back so.
    """

    def __init__(self, server, count, path, arrivals):
        self.server, self.count, self.path, self.arrivals = server, count, path, arrivals
        self.poll = select.epoll()
        self.members = []
        self.cut_after = []  # Seconds that those lived that were cut off.
        self.made = 0

    def open_one(self):
        kind = Slow.KINDS[self.made % len(Slow.KINDS)]
        self.made += 1
        one = Slow(self.server, kind, self.path)
        # All other answers say that the client is disconnected. A reset says so too.
        self.poll.register(one.socket, 0 if kind == "answer" else select.EPOLLIN)
        self.members.append(one)

    def live(self, seconds, refill=True):
        """Goes on for so long. Returns the age of the oldest."""
        begun = time.monotonic()
        came = 0
        while (lived := time.monotonic() - begun) < seconds:
            while refill and len(self.members) < self.count and came < lived * self.arrivals:
                self.open_one()
                came += 1
            gone = {number for number, _ in self.poll.poll(0.02)}
            now = time.monotonic()
            kept = []
            for one in self.members:
                if one.socket.fileno() in gone or (one.due <= now and not one.go_on()):
                    self.cut_after.append(now - one.since)
                    one.socket.close()
                else:
                    kept.append(one)
            self.members = kept
        return max((time.monotonic() - one.since for one in self.members), default=0)

    def close(self):
        for one in self.members:
            one.socket.close()
        self.members = []
        self.poll.close()


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
