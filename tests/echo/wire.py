"""WebSocket frames as bytes, so that wrong ones can be sent too."""

import base64
import hashlib
import os
import socket
import struct
from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
NAMES = {TEXT: "text", BINARY: "binary", CLOSE: "close", PING: "ping", PONG: "pong"}
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
DEFLATE = "permessage-deflate"


@dataclass(frozen=True)
class Address:
    host: str
    port: int


def frame(kind, content=b"", *, fin=True, rsv=0, mask=b"\x5a\x13\xc7\x01", form=None, size=None):
    """One frame. `form` is how its length is written: 7, 16 or 64 bits; by default the shortest.
    `size` is the length that is announced, if not the true one. Without `mask` it is not masked.
    """
    size = len(content) if size is None else size
    form = form or (7 if size < 126 else 16 if size < 65536 else 64)
    flag = 0x80 if mask is not None else 0
    first = bytes([(0x80 if fin else 0) | rsv << 4 | kind])
    length = {7: lambda: bytes([flag | size]),
              16: lambda: bytes([flag | 126]) + struct.pack(">H", size),
              64: lambda: bytes([flag | 127]) + struct.pack(">Q", size)}[form]()
    if mask is None:
        return first + length + content
    repeated = (mask * (len(content) // 4 + 1))[:len(content)]
    masked = int.from_bytes(content, "big") ^ int.from_bytes(repeated, "big")
    return first + length + mask + masked.to_bytes(len(content), "big")


def pieces(kind, content, size, **more):
    """A message in fragments of `size` bytes."""
    parts = [content[at:at + size] for at in range(0, len(content), size)] or [b""]
    return [frame(kind if at == 0 else CONTINUATION, part, fin=at == len(parts) - 1,
                  **(more if at == 0 else {}))
            for at, part in enumerate(parts)]


def close(code=None, reason=b""):
    return frame(CLOSE, b"" if code is None else struct.pack(">H", code) + reason)


def request(address, target="/", method="GET", version="HTTP/1.1", **fields):
    """An upgrade; `Sec_WebSocket_Key="x"` replaces a field, None takes it away."""
    usual = {"Host": f"{address.host}:{address.port}", "Upgrade": "websocket",
             "Connection": "Upgrade", "Sec-WebSocket-Key": KEY, "Sec-WebSocket-Version": "13"}
    usual |= {name.replace("_", "-"): value for name, value in fields.items()}
    lines = [f"{method} {target} {version}"]
    for name, values in usual.items():
        for value in values if isinstance(values, list) else [values]:
            if value is not None:
                lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Wire:
    """One connection. Every wait has a limit."""

    def __init__(self, address, hello=None, timeout=20, **fields):
        self.socket = socket.create_connection((address.host, address.port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.send(hello or request(address, **fields))
        head = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        self.status = int(head[0].split()[1])
        self.fields = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            if name:
                self.fields.setdefault(name.lower(), []).append(value.strip())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def field(self, name):
        values = self.fields.get(name.lower())
        return None if values is None else ", ".join(values)

    def send(self, *parts):
        try:
            self.socket.sendall(b"".join(parts))
        except (BrokenPipeError, ConnectionResetError):
            pass  # Earlier frames of the server can still be read.

    def send_bytewise(self, content):
        for at in range(len(content)):
            self.send(content[at:at + 1])

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def fill(self):
        part = self.socket.recv(1 << 16)
        self.buffer += part
        return bool(part)

    def read_until(self, mark):
        while mark not in self.buffer:
            assert self.fill(), f"the connection ended after {self.buffer!r}"
        found, self.buffer = self.buffer.split(mark, 1)
        return found

    def read(self, size):
        while len(self.buffer) < size:
            if not self.fill():
                return None
        found, self.buffer = self.buffer[:size], self.buffer[size:]
        return found

    def receive(self):
        """The next frame, as its name and content; for a close, its code. None at the end."""
        head = self.read(2)
        if head is None:
            assert not self.buffer, f"it ended within a frame: {self.buffer!r}"
            return None
        assert head[0] & 0x80, "our server does not fragment"
        assert not head[0] & 0x30, "a reserved bit is set"
        assert not head[1] & 0x80, "a server's frames are not masked"
        size = head[1]
        if size >= 126:
            wide = 2 if size == 126 else 8
            size = int.from_bytes(self.read(wide), "big")
            assert size > (125 if wide == 2 else 65535), "a length is not in the shortest form"
        content = self.read(size)
        name = NAMES[head[0] & 0x0F]
        if head[0] & 0x40:
            return name + " deflated", content
        if name == "close":
            assert len(content) != 1
            content[2:].decode()
            return name, int.from_bytes(content[:2], "big") if content else None
        return name, content

    def receive_all(self):
        """All frames until the connection ends, or one closes it."""
        found = []
        while (event := self.receive()) is not None:
            found.append(event)
            if event[0] == "close":
                break
        return found

    def at_end(self):
        """Whether the server ends the connection from its side, and says nothing before."""
        return self.receive() is None


def proof_of(key):
    magic = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1(magic.encode()).digest()).decode()


def random_key():
    return base64.b64encode(os.urandom(16)).decode()
