"""A proxy that cuts or delays a connection after any number of bytes."""

import collections
import selectors
import socket
import threading
import time


class Proxy:
    """Stands between a program and a TCP server on 127.0.0.1."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.left = {}  # By direction: how many bytes pass before the fault. Nothing: all.
        self.delay = None  # Seconds by which the rest is late. Nothing: it is cut off.
        self.closed_for = 0  # So many connections are turned away.
        self.cuts = 0
        self.delays = 0
        self.held = 0  # Pieces that are still on their way.
        self.passed = {"to": 0, "from": 0}
        self.threads = []
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        self.accepting.start()

    def cut_after(self, size, direction, then_refuse=0):
        """Cuts whatever connection passes the byte number `size` from now on, once.

        `direction` is "to" the server or "from" it.
        """
        with self.lock:
            self.left, self.delay = {direction: size}, None
            self.closed_for = 0
            self.refuse_next = then_refuse
            self.passed = {"to": 0, "from": 0}

    def delay_after(self, size, direction, seconds):
        """Holds back what follows the byte number `size` in this direction, once, on whatever
        connection passes it. It arrives even if its sender has gone meanwhile.
        """
        with self.lock:
            self.left, self.delay = {direction: size}, seconds
            self.closed_for = 0
            self.passed = {"to": 0, "from": 0}

    def pass_all(self):
        with self.lock:
            self.left, self.closed_for = {}, 0

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                turned_away = self.closed_for > 0
                self.closed_for -= turned_away
            if turned_away:
                client.close()
                continue
            serving = threading.Thread(target=self.serve, args=(client,), daemon=True)
            serving.start()
            self.threads.append(serving)

    def serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.server_port))
        except OSError:
            client.close()
            return
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with client, server, selectors.DefaultSelector() as ready:
            ways = [Way("to", client, server), Way("from", server, client)]
            for way in ways:
                ready.register(way.source, selectors.EVENT_READ, way)
            while not any(way.is_cut for way in ways) and not all(way.is_over() for way in ways):
                for key, _ in ready.select(min(way.next_in() for way in ways)):
                    self.read(key.data, ready)
                for way in ways:
                    way.send_due(self)

    def read(self, way, ready):
        """Takes what is there, and decides on its fate."""
        try:
            data = way.source.recv(65536)
        except OSError:
            data = b""
        if not data:
            ready.unregister(way.source)
            way.has_ended = True
            return
        allowed, delay = self.allow(len(data), way.direction)
        way.add(data[:allowed])
        if allowed == len(data):
            return
        if delay is None:
            way.ends_in_cut = True
            return
        way.late_until = time.monotonic() + delay
        with self.lock:
            self.held += 1
        way.add(data[allowed:], is_held=True)

    def allow(self, size, direction):
        """How many of the next bytes may pass, and the delay of the rest."""
        with self.lock:
            self.passed[direction] += size
            left = self.left.get(direction)
            if left is None or not size:
                return size, None
            if left >= size:
                self.left[direction] = left - size
                return size, None
            self.left = {}
            if self.delay is None:
                self.closed_for = self.refuse_next
                self.cuts += 1
            else:
                self.delays += 1
            return left, self.delay

    def note_arrival(self):
        with self.lock:
            self.held -= 1

    def close(self):
        self.listener.close()
        for serving in self.threads:
            serving.join(5)


class Way:
    """One direction of a connection, and what is under way."""

    def __init__(self, direction, source, target):
        self.direction, self.source, self.target = direction, source, target
        self.under_way = collections.deque()  # When it is due, the data, whether it was held back.
        self.late_until = 0.0  # What follows arrives no earlier.
        self.has_ended = False  # The source sends no more.
        self.ends_in_cut = False  # After what is under way the connection breaks.
        self.is_cut = False
        self.was_passed_on = False  # Its end.

    def add(self, data, is_held=False):
        self.under_way.append((self.late_until, data, is_held))

    def next_in(self):
        """Seconds until something is due; at most so many."""
        if not self.under_way:
            return 1.0
        return min(max(self.under_way[0][0] - time.monotonic(), 0.0), 1.0)

    def send_due(self, proxy):
        while self.under_way and self.under_way[0][0] <= time.monotonic():
            _, data, is_held = self.under_way.popleft()
            try:
                self.target.sendall(data)
            except OSError:
                pass  # Nobody is there to receive it.
            if is_held:
                proxy.note_arrival()
        if not self.under_way:
            self.is_cut |= self.ends_in_cut
            if self.has_ended and not self.was_passed_on:
                self.end()

    def end(self):
        """Passes the end of the source on."""
        try:
            self.target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        self.was_passed_on = True

    def is_over(self):
        return self.has_ended and not self.under_way
