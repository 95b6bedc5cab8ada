"""No message is missed or duplicated: over reads, restarts, servers and crowds."""

import asyncio
import threading

import pytest
import websockets

from kit.api import Api, Talk, message, new_id
from kit.sockets import Socket, run


class Writers:
    """Threads that write to a conversation until they are stopped."""

    def __init__(self, api, conversation, bot, count=4):
        self.stopped = threading.Event()
        self.written = [0] * count
        self.threads = [threading.Thread(target=self.work, args=(api, conversation, bot, at))
                        for at in range(count)]
        for one in self.threads:
            one.start()

    def work(self, api, conversation, bot, number):
        client = new_id()
        while not self.stopped.is_set():
            text = f"{number}.{self.written[number]}"
            answer = api.post("/messages", json=message(conversation, client, bot, text))
            assert answer.status_code == 201, answer.text
            self.written[number] += 1

    def stop(self):
        self.stopped.set()
        for one in self.threads:
            one.join()


def test_between_a_read_and_a_subscription_nothing_is_lost(server, api, talk):
    async def main():
        writers = Writers(api, talk.conversation, talk.bot)
        loop = asyncio.get_running_loop()
        try:
            watched = []
            for _ in range(30):
                listed = await loop.run_in_executor(None, lambda: api.get(
                    "/messages", params={"conversationId": talk.conversation}))
                socket = Socket(server)
                await socket.__aenter__()
                cursor = listed.headers["stream-cursor"]
                await socket.say("subscribe", id="s", conversationId=talk.conversation,
                                 after=cursor)
                assert await socket.hear() == {"type": "subscribed", "id": "s", "cursor": cursor}
                watched.append((listed.json(), socket))
        finally:
            writers.stop()

        whole = {one["id"] for one in talk.listed()}
        for read, socket in watched:
            heard = await socket.messages(len(whole) - len(read))
            ids = [one["id"] for one in read + heard]
            assert len(ids) == len(set(ids)) and set(ids) == whole
            await socket.__aexit__()
    run(main())


def test_now_is_a_position_between_two_messages(server, api, talk):
    """A subscription begins at its confirmed cursor: it gets all later messages, no earlier ones."""
    talk.say("before")

    async def main():
        writers = Writers(api, talk.conversation, talk.bot)
        begun = []
        try:
            for _ in range(30):
                socket = Socket(server)
                await socket.__aenter__()
                begun.append((await socket.subscribe("s", conversationId=talk.conversation),
                              socket))
        finally:
            writers.stop()

        whole = len(talk.listed())
        for cursor, socket in begun:
            rest = api.get("/messages", params={"conversationId": talk.conversation,
                                                "after": cursor}).json()
            assert len(rest) < whole
            assert await socket.messages(len(rest)) == rest
            await socket.__aexit__()
    run(main())


class Follower:
    """A client that reconnects at its position whenever it is disconnected."""

    def __init__(self, talk, after="start"):
        self.talk = talk
        self.after = after
        self.heard = []
        self.visits = 0

    async def follow(self, servers, enough):
        while not enough(self):
            server = servers[self.visits % len(servers)]
            self.visits += 1
            try:
                async with Socket(server(), open_timeout=5) as socket:
                    await socket.subscribe("s", conversationId=self.talk.conversation,
                                           after=self.after)
                    while not enough(self):
                        message = await socket.hear()
                        assert message["type"] == "message", message
                        self.heard.append(message["message"]["text"])
                        self.after = message["cursor"]
                        if len(self.heard) % 97 == 96:
                            break  # Comes back, to another server if there is one.
            except (websockets.ConnectionClosed, OSError, websockets.InvalidMessage):
                await asyncio.sleep(0.01)


def test_a_cursor_works_on_every_server_and_transport(pair):
    left, right = pair
    talk = Talk(left)

    async def main():
        follower = Follower(talk)
        following = asyncio.create_task(follower.follow(
            [lambda: left.server, lambda: right.server], lambda one: len(one.heard) == 300))
        loop = asyncio.get_running_loop()
        for at in range(300):
            api = (left, right)[at % 2]
            await loop.run_in_executor(None, lambda: api.say(
                talk.conversation, talk.bot, talk.client, text=f"{at}"))
        await asyncio.wait_for(following, 60)
        assert follower.heard == [f"{at}" for at in range(300)]
        assert follower.visits > 2
    run(main())


def test_a_restart_loses_and_duplicates_nothing(start_server, new_database):
    database = new_database()

    async def main():
        now = [start_server(database=database)]
        with Api(now[0]) as api:
            talk = Talk(api)
        total = 120
        followers = [Follower(talk) for _ in range(5)]
        following = [asyncio.create_task(one.follow(
            [lambda: now[0]], lambda one: len(one.heard) == total)) for one in followers]
        loop = asyncio.get_running_loop()
        for at in range(total):
            if at % 40 == 20:
                await loop.run_in_executor(None, now[0].kill)
                now[0] = await loop.run_in_executor(
                    None, lambda: start_server(database=database))
            with Api(now[0]) as api:
                api.say(talk.conversation, talk.bot, talk.client, text=f"{at}")
        await asyncio.wait_for(asyncio.gather(*following), 60)
        for one in followers:
            assert one.heard == [f"{at}" for at in range(total)]
    run(main())


@pytest.mark.only("sqlite")
def test_a_thousand_sockets_follow_one_conversation(start_server):
    server = start_server()
    with Api(server) as api:
        talk = Talk(api)
    count, texts = 1_000, [f"{at}" for at in range(20)]

    async def listen(socket):
        return await socket.texts(len(texts))

    async def main():
        sockets = [Socket(server, compression="deflate" if at % 2 else None, max_queue=32,
                          ping_interval=None)
                   for at in range(count)]
        for at in range(0, count, 100):
            await asyncio.gather(*(one.__aenter__() for one in sockets[at:at + 100]))
        await asyncio.gather(*(one.subscribe("s", conversationId=talk.conversation)
                               for one in sockets))
        listening = [asyncio.create_task(listen(one)) for one in sockets]
        for text in texts:
            await sockets[0].say("send", id=text, message=talk.message(text))
        heard = await asyncio.gather(*listening[1:])
        assert all(one == texts for one in heard)
        listening[0].cancel()
        await asyncio.gather(*(one.__aexit__() for one in sockets))
    run(main())
