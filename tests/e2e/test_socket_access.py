"""Access over sockets: who may open one, for which commands, and for how long."""

import asyncio

import pytest
import websockets

from kit.api import Api, Talk, assert_problem, new_id
from kit.keys import Keys, token_of
from kit.raw import Raw
from kit.sockets import Socket, assert_error, run
from kit.tls import Identity

UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


async def refusal(server, **options):
    """The status with which a socket is refused."""
    with pytest.raises(websockets.InvalidStatusCode) as refused:
        async with Socket(server, **options):
            pass
    return refused.value.status_code


def test_a_socket_needs_a_key_that_may_read(keys):
    async def main():
        assert await refusal(keys.server) == 401
        assert await refusal(keys.server, token="bk_wrong") == 401
        writer = keys.make("messages:write")["token"]
        assert await refusal(keys.server, token=writer) == 403
        async with Socket(keys.server, keys.make("messages:read")["token"]) as socket:
            assert (await socket.ask("ping"))["type"] == "pong"
    run(main())


def test_sending_needs_a_key_that_may_write(keys):
    talk = Talk(keys.root)

    async def main():
        async with Socket(keys.server, keys.make("messages:read")["token"]) as socket:
            assert_error(await socket.ask("send", message=talk.message()), "forbidden")
        both = keys.make("messages:read", "messages:write")["token"]
        async with Socket(keys.server, both) as socket:
            assert (await socket.ask("send", message=talk.message()))["type"] == "sent"
    run(main())


def test_a_key_for_one_bot_gets_no_messages_of_others(keys):
    mine, other = Talk(keys.root), Talk(keys.root)
    shared = new_id()

    async def main():
        token = keys.make("messages:read", "messages:write", bots=[mine.bot])["token"]
        async with Socket(keys.server, token) as socket:
            await socket.subscribe("other", botId=other.bot)
            await socket.subscribe("shared", conversationId=shared)
            other.say("unheard")
            keys.root.say(shared, other.bot, new_id(), text="unheard")
            keys.root.say(shared, mine.bot, new_id(), text="heard")
            assert await socket.texts(1, "shared") == ["heard"]
            assert_error(await socket.ask("send", message=other.message()), "unknown-bot")
    run(main())


def test_a_revoked_key_ends_its_sockets(keys):
    made = keys.make("messages:read")

    async def main():
        async with Socket(keys.server, made["token"]) as socket:
            await socket.subscribe("s", conversationId=new_id())
            assert keys.root.delete(f"/keys/{made['id']}").status_code == 204
            assert await asyncio.wait_for(socket.closed(), 5) == 1008
    run(main())


def test_messages_over_a_socket_count_against_the_rate(start_server):
    keys = Keys(start_server("--max-key-rate", "2"))
    talk = Talk(keys.root)
    token = keys.make("messages:read", "messages:write")["token"]

    async def main():
        async with Socket(keys.server, token) as socket:
            answers = [await socket.ask("send", message=talk.message()) for _ in range(20)]
            refused = [message for message in answers if message["type"] == "error"]
            assert refused and len(refused) < 20
            for message in refused:
                assert_error(message, "too-many-requests")
            assert_error(await socket.ask("ping"), "too-many-requests")
            await asyncio.sleep(1.1)
            assert (await socket.ask("ping"))["type"] == "pong"
    run(main())
    keys.close()


def test_only_pages_that_may_use_the_api_open_a_socket(start_server):
    server = start_server("--cors-origin", "https://friend.example")

    async def main():
        assert await refusal(server, origin="https://stranger.example") == 403
        assert await refusal(server, origin="null") == 403
        for origin in ("https://friend.example", f"http://{server.address}", None):
            async with Socket(server, origin=origin) as socket:
                assert (await socket.ask("ping"))["type"] == "pong"
    run(main())


@pytest.mark.only("sqlite")
def test_a_socket_works_over_tls(start_server, authority):
    server = start_server(identity=Identity(authority))

    async def main():
        with Api(server) as api:
            talk = Talk(api)
        async with Socket(server, ssl=authority.trust()) as socket:
            await socket.subscribe("s", conversationId=talk.conversation)
            for text in ("short", "long" * 10_000):
                await socket.ask("send", message=talk.message(text))
            assert await socket.texts(2) == ["short", "long" * 10_000]
    run(main())


def test_a_page_gets_the_reason_of_a_refusal(api):
    answer = api.get("/stream", headers=UPGRADE | {"Origin": "https://stranger.example"})

    assert_problem(answer, 403, "forbidden", naming="--cors-origin")


@pytest.mark.parametrize("name", ["botapi.v1", "botapi"])
def test_a_page_shows_its_token_as_a_subprotocol(keys, name):
    """The only header of a handshake that a page can set, and one that no proxy logs."""
    talk = Talk(keys.root)
    made = keys.make("messages:read", "messages:write")
    given = token_of(keys.client(made["token"]), talk.conversation, talk.client)

    async def main():
        for secret in (made["token"], given["token"]):
            for offers in ([name, f"bearer.{secret}"], [f"bearer.{secret}", "x", name]):
                async with Socket(keys.server, subprotocols=offers) as client:
                    assert client.over.subprotocol == name
                    await client.subscribe("s", conversationId=talk.conversation)
            assert secret not in keys.server.text()
    run(main())


def offer(server, offers, **headers):
    """The answer to a handshake."""
    with Raw(server) as raw:
        fields = {**UPGRADE, "Sec-WebSocket-Protocol": ", ".join(offers), **headers}
        raw.ask("GET", "/stream", **fields)
        return raw.head()


def test_a_wrong_token_as_a_subprotocol_is_refused(keys):
    made = keys.make("messages:read")["token"]
    right = f"bearer.{made}"

    assert offer(keys.server, ["botapi.v1", "bearer.bk_wrong"]).status_code == 401
    assert offer(keys.server, ["botapi.v1", "bearer."]).status_code == 401
    assert offer(keys.server, ["botapi.v1"]).status_code == 401
    assert offer(keys.server, [right]).status_code == 400, "a browser could not take the answer"
    assert offer(keys.server, ["botapi.v1", right, right]).status_code == 400
    assert offer(keys.server, ["botapi.v1", right], Authorization=f"Bearer {made}").status_code == 400
    answer = offer(keys.server, ["botapi.v1", right])
    assert (answer.status_code, answer.header("sec-websocket-protocol")) == (101, "botapi.v1")
    plain = keys.client().get("/bots", headers={"Sec-WebSocket-Protocol": f"botapi.v1, {right}"})
    assert plain.status_code == 401, "only a socket takes it from there"


def test_a_long_message_that_is_too_many_is_not_read(start_server):
    keys = Keys(start_server("--max-key-rate", "2"))
    talk = Talk(keys.root)
    token = keys.make("messages:read", "messages:write")["token"]

    async def main():
        async with Socket(keys.server, token) as client:
            for _ in range(8):
                await client.say("send", id="long", message=talk.message("x" * 60_000))
            said = [await client.hear() for _ in range(8)]
            refused = [one for one in said if one["type"] == "error"]
            assert refused and len(refused) < 8
            for one in refused:
                assert_error(one, "too-many-requests")
                assert "id" not in one, "it was not even inflated"
            assert client.over.open
    run(main())
    keys.close()


def test_a_compressed_message_may_not_grow_without_measure(server):
    async def main():
        async with Socket(server) as client:
            await client.over.send('{"type":"ping","id":"a"' + " " * 100_000 + "}")
            assert (await client.hear())["type"] == "pong"
            await client.over.send('{"type":"ping","id":"a"' + " " * 900_000 + "}")
            assert await client.closed() == 1009
    run(main())
