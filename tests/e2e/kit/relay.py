"""A TCP relay whose line to the server can be cut, and mended."""

import selectors
import socket
import threading


class Relay:
    """Stands on 127.0.0.1 before a server there."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.is_cut = False
        self.open = set()
        threading.Thread(target=self.accept, daemon=True).start()

    def cut(self):
        """Ends all connections, and every new one at once."""
        with self.lock:
            self.is_cut = True
            for one in self.open:
                one.shutdown(socket.SHUT_RDWR)

    def mend(self):
        with self.lock:
            self.is_cut = False

    def close(self):
        self.cut()
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, socket.create_connection(("127.0.0.1", self.server_port)) as server:
            ends = {client, server}
            with self.lock:
                if self.is_cut:
                    return
                self.open |= ends
            try:
                self.pass_on(client, server)
            except OSError:
                pass
            finally:
                with self.lock:
                    self.open -= ends

    def pass_on(self, client, server):
        with selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select():
                    piece = key.fileobj.recv(65_536)
                    if not piece:
                        return
                    key.data.sendall(piece)
