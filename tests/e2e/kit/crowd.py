"""Many connections that are slow, or do nothing, and one polite client among them."""

import http.client
import resource
import selectors
import socket
import time

PACE = 2.0  # Seconds between two bytes of a slow connection.


def allow_files(count):
    """Lets this process have so many files open."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(count + 200, hard), hard))


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
