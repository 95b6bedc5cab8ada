"""Receivers of webhooks: real servers on real sockets."""

import http.server
import json
import socket
import ssl
import sys
import threading
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[3] / "build/python"))

from standardwebhooks.webhooks import Webhook  # noqa: E402  pylint: disable=wrong-import-position

from kit.wait import eventually  # noqa: E402


class Got:
    """One request to a receiver."""

    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers
        self.body = body

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def event(self):
        return json.loads(self.body)

    @property
    def message(self):
        return self.event["data"]["message"]

    def verify(self, secret):
        """Checks the signature with the reference verifier of Standard Webhooks."""
        Webhook(secret).verify(self.body, self.headers)


class Receiver:
    """Answers with what `answer(got)` returns: a status, or a status, headers and a body.

    With a `certificate`, the paths of that and of its key, it speaks TLS.
    """

    def __init__(self, certificate=None, answer=lambda got: 204, address=("127.0.0.1", 0)):
        self.answer = answer
        self.got = []
        self.lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                got = Got(self.path, headers, body)
                with receiver.lock:
                    receiver.got.append(got)
                reply = receiver.answer(got)
                if reply is None:
                    return  # As one that breaks off.
                status, more, content = reply if isinstance(reply, tuple) else (reply, {}, b"")
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass

        self.server = Server(address, Handler)
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False)
            self.scheme = "https"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def port(self):
        return self.server.server_address[1]

    def url(self, path="/hook", host="localhost"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def all(self):
        with self.lock:
            return list(self.got)

    def texts(self):
        return [got.message["text"] for got in self.all()]

    def wait_for(self, count, seconds=30.0):
        """The first `count` requests, as soon as they are there."""
        eventually(lambda: len(self.all()) >= count, f"{count} requests", seconds)
        return self.all()[:count]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class RawReceiver:
    """Answers every connection with `answer`, byte for byte, and then closes it or `holds` it.

    It reads each request first, unless it is `hasty`: then it reads nothing of it.
    """

    def __init__(self, answer, holds=False, hasty=False):
        self.answer = answer
        self.holds = holds
        self.hasty = hasty
        self.count = 0
        self.held = []
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.count += 1
            try:
                if not self.hasty:
                    self.read(connection)
                connection.sendall(self.answer)
            except OSError:
                pass
            if self.holds:
                self.held.append(connection)
            else:
                connection.close()

    @staticmethod
    def read(connection):
        with connection.makefile("rb") as stream:
            length = 0
            while (line := stream.readline()).strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            stream.read(length)

    def url(self):
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}/hook"

    def close(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join()
        for connection in self.held:
            connection.close()


class Hooks:
    """A client of a server that may send to receivers on this host."""

    def __init__(self, api, talk):
        self.api = api
        self.talk = talk

    def path(self, name="crm", *more):
        return "/".join([f"/bots/{self.talk.bot}/webhooks", *([name] if name else []), *more])

    def put(self, url, name="crm", **more):
        body = {"url": url, "events": ["message.inbound", "message.outbound"], **more}
        answer = self.api.put(self.path(name), json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def deliveries(self, status, name="crm"):
        return self.api.listed(self.path(name, "deliveries"), status=status)
