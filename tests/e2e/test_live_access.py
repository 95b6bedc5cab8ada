"""Access to streams: no transport leaks hidden messages, and none outlasts its token."""

import asyncio
import time

import httpx
import pytest

from kit.api import Api, Talk, assert_problem, new_id, place_in
from kit.events import Stream, following, live_metric
from kit.keys import token_of
from kit.sockets import Socket, assert_error, run
from kit.tls import Identity
from kit.wait import eventually

WRITER = ("messages:read", "messages:write")


class Shared:
    """A conversation of two bots, and who may know of one of them: a key, and a token of it."""

    def __init__(self, keys):
        self.keys = keys
        self.talk = Talk(keys.root)
        self.other = keys.root.new_bot()
        made = keys.make(*WRITER, bots=[self.talk.bot])
        key = keys.client(made["token"])
        given = token_of(key, self.talk.conversation, self.talk.client)
        self.watchers = [(key, made["token"]), (keys.client(given["token"]), given["token"])]

    def say_unheard(self):
        return self.keys.root.say(self.talk.conversation, self.other, new_id(), text="unheard")


@pytest.fixture(name="shared")
def _shared(keys):
    return Shared(keys)


def cursors(shared, api, token, seen):
    """The places that all transports tell of, with what was said in between."""
    talk = shared.talk.conversation
    path = f"/messages?conversationId={talk}"
    found = [api.get(more).headers["stream-cursor"]
             for more in (path, f"{path}&after=now", f"{path}&after=start&limit=100",
                          f"{path}&after=now&wait=1")]
    for more in (f"{path}&after=start&limit=100", f"{path}&after=now"):
        link = api.get(more).links["next"]["url"]
        found.append(httpx.URL(link).params["after"])
    with following(api, conversationId=talk) as stream:
        found.append(([None] + [event.id for event in stream.take(seen)])[-1] or found[0])

    async def subscribe():
        async with Socket(shared.keys.server, token) as socket:
            return await socket.subscribe("s", conversationId=talk, after="now")
    found.append(run(subscribe()))
    return found


def test_no_cursor_leaks_hidden_messages(shared):
    for seen in (0, 1):
        if seen:
            shared.talk.say("heard")
        before = [cursors(shared, *one, seen) for one in shared.watchers]
        assert len({cursor for each in before for cursor in each}) == 1, before

        for _ in range(3):
            shared.say_unheard()

        assert [cursors(shared, *one, seen) for one in shared.watchers] == before


def test_hidden_messages_do_not_move_the_cursor_of_a_wait(shared):
    api, _ = shared.watchers[0]
    path = f"/messages?conversationId={shared.talk.conversation}"
    cursor = api.get(path).headers["stream-cursor"]
    with following(api, conversationId=shared.talk.conversation) as stream:
        shared.say_unheard()
        waited = api.get(f"{path}&after={cursor}&wait=1")
        assert (waited.json(), waited.headers["stream-cursor"]) == ([], cursor)
        shared.talk.say("heard")

        assert stream.texts(1) == ["heard"]
    assert [one["text"] for one in api.get(f"{path}&after={cursor}").json()] == ["heard"]


def test_a_guessed_cursor_leaks_nothing(shared):
    """A place past what may be seen is lost, however much was said that may not be seen."""
    shared.talk.say("heard")
    for _ in range(3):
        shared.say_unheard()
    path = f"/messages?conversationId={shared.talk.conversation}"
    beyond = shared.keys.root.get(path).headers["stream-cursor"]
    assert place_in(beyond) == 4

    for api, token in shared.watchers:
        assert_problem(api.get(f"{path}&after={beyond}"), 410, "place-lost")
        with following(api, conversationId=shared.talk.conversation, after=beyond) as stream:
            assert [event.kind for event in stream.rest()] == ["lost"]

        async def subscribe(token=token):
            async with Socket(shared.keys.server, token) as socket:
                answer = await socket.ask("subscribe", id="s", after=beyond,
                                          conversationId=shared.talk.conversation)
                assert_error(answer, "place-lost")
        run(subscribe())


def browser_following(server, conversation, token, **more):
    """As `EventSource` does it, which can set no header."""
    return httpx.stream("GET", f"{server.url}/messages", timeout=60, trust_env=False,
                        verify=server.trust, headers={"Accept": "text/event-stream"},
                        params={"conversationId": conversation, "access_token": token, **more})


def test_a_page_follows_its_conversation_with_a_token_in_the_target(keys):
    talk = Talk(keys.root)
    token = token_of(keys.root, talk.conversation, talk.client)["token"]
    with browser_following(keys.server, talk.conversation, token) as answer:
        assert answer.headers["cache-control"] == "private, no-store, no-transform"
        stream = Stream(answer)
        talk.say("Oi!")
        assert stream.texts(1) == ["Oi!"]
    with browser_following(keys.server, new_id(), token) as answer:
        assert answer.status_code == 403
    key = keys.make(*WRITER)["token"]
    with browser_following(keys.server, talk.conversation, key) as answer:
        assert answer.status_code == 400
    assert token not in keys.server.text()


def test_a_page_opens_a_socket_with_a_token_in_the_target(keys):
    talk, other = Talk(keys.root), Talk(keys.root)
    token = token_of(keys.root, talk.conversation, talk.client)["token"]

    async def main():
        async with Socket(keys.server, query=f"?access_token={token}") as socket:
            await socket.subscribe("s", conversationId=talk.conversation)
            for stream in ({"conversationId": other.conversation}, {"botId": talk.bot},
                           {"conversationId": new_id()}):
                assert_error(await socket.ask("subscribe", **stream), "forbidden")
            for forged in (talk.message(), other.message(inbound=True),
                           talk.message(inbound=True) | {"from": new_id()}):
                assert_error(await socket.ask("send", message=forged), "forbidden")
            sent = await socket.ask("send", message=talk.message("mine", inbound=True))
            assert sent["type"] == "sent", sent
            assert await socket.texts(1, "s") == ["mine"]
    run(main())
    assert [one["text"] for one in talk.listed()] == ["mine"]
    assert token not in keys.server.text()


def ends_soon(keys, conversation, token, end):
    """Whether what follows with a token ends within seconds of `end`, on both transports."""
    async def main():
        loop = asyncio.get_running_loop()
        async with Socket(keys.server, query=f"?access_token={token}") as socket:
            await socket.subscribe("s", conversationId=conversation)
            with browser_following(keys.server, conversation, token) as answer:
                stream = Stream(answer)
                eventually(lambda: live_metric(keys.root, "followers") == 2, "both follow")
                await loop.run_in_executor(None, end)
                began = time.monotonic()
                assert await asyncio.wait_for(socket.closed(), 5) == 1008
                assert await loop.run_in_executor(None, stream.rest) == []
                return time.monotonic() - began < 4
    return asyncio.run(main())


def test_streams_end_with_the_key_of_their_token(keys):
    made = keys.make(*WRITER)
    talk = Talk(keys.root)
    token = token_of(keys.client(made["token"]), talk.conversation, talk.client)["token"]

    assert ends_soon(keys, talk.conversation, token,
                     lambda: keys.root.delete(f"/keys/{made['id']}").raise_for_status())


def test_streams_end_with_their_token(keys):
    talk = Talk(keys.root)
    given = token_of(keys.root, talk.conversation, talk.client, expiresIn=4)
    path = f"/messages?conversationId={talk.conversation}&access_token={given['token']}"
    browser = keys.client()

    assert ends_soon(keys, talk.conversation, given["token"], lambda: eventually(
        lambda: browser.get(path).status_code == 401, "the token has expired"))


@pytest.mark.only("sqlite")
def test_events_are_sent_over_tls(start_server, authority):
    with Api(start_server(identity=Identity(authority))) as api:
        talk = Talk(api)
        with following(api, conversationId=talk.conversation) as stream:
            for text in ("short", "long" * 10_000):
                talk.say(text)
            assert stream.texts(2) == ["short", "long" * 10_000]
