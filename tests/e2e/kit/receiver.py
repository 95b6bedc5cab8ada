"""Receivers of webhooks: real servers on real sockets, with TLS from an authority of their own."""

import http.server
import json
import ssl
import subprocess
import sys
import threading
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[3] / "build/python"))

from standardwebhooks.webhooks import Webhook  # noqa: E402  pylint: disable=wrong-import-position

from kit.wait import eventually  # noqa: E402


class Authority:
    """Signs certificates, and is trusted by whoever is given `file`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.file = self.folder / "ca.pem"
        self.count = 0
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
                     "-subj", "/CN=botapi test authority")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def certificate(self, names):
        """The path of a certificate with its key, for `names` as in `DNS:localhost`."""
        self.count += 1
        name = f"leaf-{self.count}"
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", "/CN=receiver")
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                     "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext",
                     "-out", f"{name}.crt")
        both = self.folder / f"{name}.pem"
        both.write_bytes((self.folder / f"{name}.crt").read_bytes()
                         + (self.folder / f"{name}.key").read_bytes())
        return both


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
    """Answers with what `answer(got)` returns: a status, or a status, headers and a body."""

    def __init__(self, certificate=None, answer=lambda got: 204):
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
                told = receiver.answer(got)
                if told is None:
                    return  # As one that breaks off.
                status, more, content = told if isinstance(told, tuple) else (told, {}, b"")
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

        self.server = Server(("127.0.0.1", 0), Handler)
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
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
