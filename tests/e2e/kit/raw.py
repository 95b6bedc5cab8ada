"""HTTP without a polite client in between: bytes in, bytes out."""

import json
import socket
from dataclasses import dataclass, field


@dataclass
class Answer:
    """An HTTP response as it arrived."""

    version: str
    status_code: int
    fields: list
    content: bytes = b""
    chunks: list = field(default_factory=list)

    def header(self, name, default=None):
        values = [value for key, value in self.fields if key == name.lower()]
        return ", ".join(values) if values else default

    @property
    def headers(self):
        return {key: self.header(key) for key, _ in self.fields}

    @property
    def text(self):
        return self.content.decode()

    def json(self):
        return json.loads(self.content)


class Raw:
    """One connection. Every wait has a limit."""

    def __init__(self, server, timeout=30.0):
        self.server = server
        self.socket = socket.create_connection((server.host, server.port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.trust:
            self.socket = server.trust.wrap_socket(self.socket, server_hostname=server.host)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *parts):
        self.socket.sendall(b"".join(
            part.encode() if isinstance(part, str) else part for part in parts))

    def ask(self, method, target, body=None, version="HTTP/1.1", **headers):
        """Sends one request. `Content_Type="a"` becomes the header `Content-Type: a`."""
        lines = [f"{method} {target} {version}", f"Host: {self.server.address}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join(lines), "\r\n\r\n", body or b"")

    def send_chunk(self, data):
        self.send(f"{len(data):x}\r\n", data, b"\r\n")

    def fill(self):
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def take_line(self):
        while b"\r\n" not in self.buffer:
            if not self.fill():
                raise EOFError(f"closed in the middle of a line: {self.buffer!r}")
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def take(self, size):
        parts, missing = [], size
        while missing:
            if not self.buffer and not self.fill():
                raise EOFError(f"closed {missing} bytes too early")
            part, self.buffer = self.buffer[:missing], self.buffer[missing:]
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def head(self):
        """Reads a response up to the end of its header."""
        version, status, *_ = self.take_line().decode("latin-1").split(" ", 2)
        fields = []
        while line := self.take_line():
            name, value = line.decode("latin-1").split(":", 1)
            fields.append((name.lower(), value.strip()))
        return Answer(version, int(status), fields)

    def chunk(self):
        """The next chunk of a body; empty at its end."""
        size = int(self.take_line().split(b";")[0], 16)
        data = self.take(size)
        assert self.take_line() == b"", "a chunk ends with an empty line, and so do we"
        return data

    def answer(self, to="GET"):
        """Reads a whole response to a request with the method `to`."""
        reply = self.head()
        if to == "HEAD" or reply.status_code in (204, 304) or reply.status_code < 200:
            return reply
        if reply.header("transfer-encoding", "").lower() == "chunked":
            while data := self.chunk():
                reply.chunks.append(data)
            reply.content = b"".join(reply.chunks)
        elif reply.header("content-length") is not None:
            reply.content = self.take(int(reply.header("content-length")))
        else:
            reply.content = self.rest()
        return reply

    def lines(self):
        """The lines of a chunked body, each as soon as it is there."""
        pending = b""
        while data := self.chunk():
            *whole, pending = (pending + data).split(b"\n")
            yield from whole
        assert pending == b"", f"the last line has no end: {pending!r}"

    def rest(self):
        """Everything up to the end of the connection."""
        while self.fill():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def is_closed(self):
        """Whether the server ends the connection, and sends nothing before."""
        try:
            return not self.buffer and not self.fill()
        except ConnectionError:
            return True
        except socket.timeout:
            return False


def once(server, method, target, body=None, version="HTTP/1.1", **headers):
    """One request on a connection of its own."""
    with Raw(server) as raw:
        raw.ask(method, target, body, version, **headers)
        return raw.answer(to=method)
