"""A proxy that cuts a connection after any number of bytes."""

import selectors
import socket
import threading


class CuttingProxy:
    """Stands between a program and a TCP server on 127.0.0.1."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.left = {}  # By direction: how many bytes pass before the cut. Nothing: all.
        self.closed_for = 0  # So many connections are turned away.
        self.cuts = 0
        self.passed = {"to": 0, "from": 0}
        self.threads = []
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        self.accepting.start()

    def cut_after(self, size, direction, then_refuse=0):
        """Cuts whatever connection passes the byte number `size` from now on, once.

        `direction` is "to" the server or "from" it.
        """
        with self.lock:
            self.left = {direction: size}
            self.closed_for = 0
            self.refuse_next = then_refuse
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
            ready.register(client, selectors.EVENT_READ, (server, "to"))
            ready.register(server, selectors.EVENT_READ, (client, "from"))
            try:
                while True:
                    for key, _ in ready.select():
                        data = key.fileobj.recv(65536)
                        other, direction = key.data
                        allowed = self.allow(len(data), direction)
                        other.sendall(data[:allowed])
                        if not data or allowed < len(data):
                            return
            except OSError:
                return

    def allow(self, size, direction):
        """How many of the next bytes may pass."""
        with self.lock:
            self.passed[direction] += size
            left = self.left.get(direction)
            if left is None or not size:
                return size
            if left >= size:
                self.left[direction] = left - size
                return size
            self.left = {}
            self.closed_for = self.refuse_next
            self.cuts += 1
            return left

    def close(self):
        self.listener.close()
        for serving in self.threads:
            serving.join(5)
