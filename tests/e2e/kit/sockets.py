"""A stock WebSocket client, and the words of `GET /stream`."""

import asyncio
import itertools
import json

import websockets

WAIT = 30.0  # Seconds for anything to come.


def run(work):
    """Runs a coroutine to its end, which it has to reach in time."""
    return asyncio.run(asyncio.wait_for(work, 120))


class Socket:
    """One socket, open while its `async with` lasts."""

    def __init__(self, server, token=None, query="", **options):
        self.url = server.url.replace("http", "ws", 1) + f"/stream{query}"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        options.setdefault("extra_headers", headers)
        options.setdefault("subprotocols", ["botapi.v1"])
        options.setdefault("max_queue", 1024)
        options.setdefault("max_size", None)
        self.options = options
        self.names = itertools.count(1)
        self.aside = []  # Frames that arrived while the client waited for another one.

    async def __aenter__(self):
        self.over = await websockets.connect(self.url, **self.options)
        return self

    async def __aexit__(self, *_):
        await self.over.close()

    async def say(self, kind, **members):
        await self.over.send(json.dumps({"type": kind, **members}))

    async def hear(self):
        """The next that the server says."""
        if self.aside:
            return self.aside.pop(0)
        return await self.hear_new()

    async def hear_new(self):
        return json.loads(await asyncio.wait_for(self.over.recv(), WAIT))

    async def ask(self, kind, **members):
        """Says something, and returns the answer to it."""
        name = members.pop("id", None) or f"r{next(self.names)}"
        await self.say(kind, id=name, **members)
        while (frame := await self.hear_new()).get("id") != name:
            self.aside.append(frame)
        return frame

    async def subscribe(self, name, **members):
        answer = await self.ask("subscribe", id=name, **members)
        assert answer["type"] == "subscribed", answer
        return answer["cursor"]

    async def messages(self, count, name=None):
        """The next messages. Nothing else may come before them."""
        found = []
        while len(found) < count:
            message = await self.hear()
            assert message["type"] == "message", message
            assert name in (None, message["subscription"]), message
            found.append(message["message"])
        return found

    async def texts(self, count, name=None):
        return [one["text"] for one in await self.messages(count, name)]

    async def closed(self):
        """The code with which the server ends it."""
        try:
            while True:
                self.aside.append(await self.hear_new())
        except websockets.ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None


def assert_error(message, kind, at=None):
    """Checks that the server refused something with this kind of problem, and returns that."""
    assert message["type"] == "error", message
    problem = message["problem"]
    assert problem["type"] == f"/problems/{kind}", problem
    assert problem["instance"] == "/stream"
    if at is not None:
        assert at in [part["pointer"] for part in problem.get("errors", [])], problem
    return problem
