"""Clients that follow a stream while servers and databases come and go, and miss nothing."""

import asyncio
import http.client
import itertools
import json
from types import SimpleNamespace
from urllib.parse import urlencode

import websockets

from kit.sockets import Socket

BROKEN = (OSError, http.client.HTTPException, websockets.WebSocketException, EOFError)


class Client:
    """Somebody who asks, each time that a connection has broken, the next server.

    A scene has the servers' `addresses`, and the event `done`, which ends all clients.
    """

    def __init__(self, scene, number):
        self.scene = scene
        self.addresses = itertools.cycle(scene.addresses[number % len(scene.addresses):]
                                         + scene.addresses[:number % len(scene.addresses)])
        self.connection = None

    def ask(self, method, path, body=None, **headers):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(*next(self.addresses), timeout=15)
        self.connection.request(method, path, body, headers)
        return self.connection.getresponse()

    def leave(self):
        if self.connection:
            self.connection.close()
        self.connection = None
        self.scene.done.wait(0.1)


class Watcher:
    """Follows a stream from its first message on, and comes back to where it was.

    `stream` is a pair such as ("botId", id), and `kind` one of KINDS.
    """

    def __init__(self, scene, number, stream, kind):
        self.scene, self.number, self.stream, self.kind = scene, number, stream, kind
        self.cursor, self.heard, self.breaks = "start", [], 0

    def take(self, cursor, *messages):
        self.heard += [one["id"] for one in messages]
        self.cursor = cursor

    def path(self, **more):
        return "/messages?" + urlencode({self.stream[0]: self.stream[1], **more})

    def watch(self):
        client = Client(self.scene, self.number)
        while not self.scene.done.is_set():
            try:
                KINDS[self.kind](self, client)
            except BROKEN:
                self.breaks += 1
            client.leave()

    def pieces(self, client, **more):
        while not self.scene.done.is_set():
            answer = client.ask("GET", self.path(after=self.cursor, **more))
            reply = answer.read()
            if answer.status >= 500:
                return
            assert answer.status == 200, reply
            self.take(answer.headers["Stream-Cursor"], *json.loads(reply))
            self.scene.done.wait(0 if more else 0.1)

    def events(self, client):
        back = {} if self.cursor == "start" else {"Last-Event-ID": self.cursor}
        answer = client.ask("GET", self.path(), Accept="text/event-stream", **back)
        if answer.status >= 500:
            return
        assert answer.status == 200, answer.read()
        fields = {}
        while not self.scene.done.is_set():
            line = answer.readline().decode()
            if not line:
                return
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
            if line == "\n" and "data" in fields:
                assert fields["event"] == "message", fields
                self.take(fields["id"], json.loads(fields["data"]))
            if line == "\n":
                fields = {}

    def socket(self, client):
        asyncio.run(self.follow(*next(client.addresses)))

    async def follow(self, host, port):
        server = SimpleNamespace(url=f"http://{host}:{port}")
        async with Socket(server, open_timeout=15, close_timeout=1) as socket:
            answer = await socket.ask("subscribe", id="s", after=self.cursor,
                                      **dict([self.stream]))
            if answer["type"] != "subscribed":
                assert answer["problem"]["status"] >= 500, answer
                return
            assert self.cursor in (answer["cursor"], "start")
            while not self.scene.done.is_set():
                try:
                    message = socket.aside.pop(0) if socket.aside else json.loads(
                        await asyncio.wait_for(socket.over.recv(), 1))
                except asyncio.TimeoutError:
                    continue
                assert message["type"] == "message", message
                self.take(message["cursor"], message["message"])


KINDS = {
    "events": Watcher.events,
    "socket": Watcher.socket,
    "long poll": lambda one, client: one.pieces(client, wait=2),
    "plain": Watcher.pieces,
}
