"""`GET /stream`: commands and messages over a WebSocket."""

import asyncio
import json

import pytest
import websockets

from kit.api import assert_problem, message, new_id
from kit.sockets import Socket, assert_error, run

UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


def test_a_subscription_gets_the_messages_after_its_cursor(server, talk):
    async def main():
        talk.say("before")
        async with Socket(server) as socket:
            cursor = await socket.subscribe("s", conversationId=talk.conversation, after="now")
            message = talk.say("after")
            first = await socket.hear()
            assert first == {"type": "message", "subscription": "s", "cursor": first["cursor"],
                             "seq": 2, "message": message}

            async with Socket(server) as other:
                await other.subscribe("o", conversationId=talk.conversation, after=cursor)
                assert await other.messages(1) == [message]
            async with Socket(server) as other:
                again = await other.subscribe("o", conversationId=talk.conversation,
                                              after=first["cursor"])
                assert again == first["cursor"]
                talk.say("later")
                assert await other.texts(1) == ["later"]
    run(main())


def test_start_begins_at_the_first_message_and_now_is_the_default(server, talk):
    async def main():
        talk.say("one")
        talk.say("two")
        async with Socket(server) as socket:
            await socket.subscribe("all", conversationId=talk.conversation, after="start")
            assert await socket.texts(2, "all") == ["one", "two"]
            await socket.subscribe("new", conversationId=talk.conversation)
            talk.say("three")
            both = [await socket.hear(), await socket.hear()]
            assert {message["subscription"] for message in both} == {"all", "new"}
            assert {message["message"]["text"] for message in both} == {"three"}
    run(main())


def test_the_cursor_of_a_list_begins_a_subscription(server, api, talk):
    async def main():
        talk.say("read")
        listed = api.get("/messages", params={"conversationId": talk.conversation})
        talk.say("missed")
        async with Socket(server) as socket:
            await socket.subscribe("s", conversationId=talk.conversation,
                                   after=listed.headers["stream-cursor"])
            assert await socket.texts(1) == ["missed"]
    run(main())


def test_a_bot_is_followed_through_all_its_conversations(server, api, talk):
    async def main():
        async with Socket(server) as socket:
            await socket.subscribe("b", botId=talk.bot)
            talk.say("here")
            api.say(new_id(), new_id(), talk.bot, text="there")
            assert await socket.texts(2) == ["here", "there"]
    run(main())


def test_an_ended_subscription_gets_no_messages(server, talk):
    async def main():
        async with Socket(server) as socket:
            await socket.subscribe("s", conversationId=talk.conversation)
            assert await socket.ask("unsubscribe", id="s") == {"type": "unsubscribed", "id": "s"}
            talk.say("unheard")
            await socket.subscribe("s", conversationId=talk.conversation)
            talk.say("heard")
            assert await socket.texts(1) == ["heard"]
            assert_error(await socket.ask("unsubscribe", id="none"), "not-found")
    run(main())


def test_a_message_is_sent_as_by_post(server, api, talk):
    async def main():
        sent = talk.message("by socket", id=new_id(), timestamp="2018-11-16T23:30:52.6917722Z",
                            metadata={"a": 1})
        async with Socket(server) as socket:
            answer = await socket.ask("send", message=sent)
            assert answer == {"type": "sent", "id": answer["id"], "replayed": False, "seq": 1,
                              "message": sent}
            again = await socket.ask("send", message=sent)
            assert again["replayed"] and again["message"] == sent
            other = await socket.ask("send", message=sent | {"text": "other"})
            assert_error(other, "message-exists")
        assert api.get(f"/messages/{sent['id']}").json() == sent
    run(main())


def test_an_idempotency_key_is_the_same_as_by_post(server, api, talk):
    async def main():
        body = talk.message("once")
        key = new_id()
        async with Socket(server) as socket:
            first = await socket.ask("send", message=body, idempotencyKey=key)
            again = await socket.ask("send", message=body, idempotencyKey=key)
            assert not first["replayed"] and again["replayed"]
            assert first["message"] == again["message"]
            posted = api.post("/messages", json=body, headers={"Idempotency-Key": key})
            assert posted.headers["idempotent-replayed"] == "true"
            assert posted.json() == first["message"]
            assert_error(await socket.ask("send", message=body | {"text": "twice"},
                                          idempotencyKey=key), "idempotency-key-reused")
        assert [one["text"] for one in talk.listed()] == ["once"]
    run(main())


def test_metadata_over_a_socket_stays_byte_for_byte(server, talk):
    async def main():
        text = ('{"type":"send","id":"r","message":{"conversationId":"%s","from":"%s","to":"%s",'
                '"text":"x","metadata":{ "a" : 1.00 ,\n"b":[ ]}}}')
        async with Socket(server) as socket:
            await socket.subscribe("s", conversationId=talk.conversation)
            await socket.over.send(text % (talk.conversation, talk.bot, talk.client))
            for _ in range(2):
                assert '"metadata":{ "a" : 1.00 ,\n"b":[ ]}' in await socket.over.recv()
    run(main())


FAULTY = {
    "no JSON": ("{", "malformed-json", None),
    "two texts": ("{}{}", "malformed-json", None),
    "a key twice": ('{"type":"ping","type":"ping"}', "malformed-json", None),
    "a lone surrogate": ('{"type":"ping","id":"\\ud800"}', "malformed-json", None),
    "no object": ("[]", "invalid-field", ""),
    "no type": ('{"id":"x"}', "invalid-field", "/type"),
    "an unknown type": ('{"type":"shout","id":"x"}', "invalid-field", "/type"),
    "a type that is no text": ('{"type":1,"id":"x"}', "invalid-field", "/type"),
    "no id": ('{"type":"ping"}', "invalid-field", "/id"),
    "an empty id": ('{"type":"ping","id":""}', "invalid-field", "/id"),
    "a long id": ('{"type":"ping","id":"%s"}' % ("x" * 65), "invalid-field", "/id"),
    "an unknown field": ('{"type":"ping","id":"x","now":1}', "invalid-field", "/now"),
    "no stream": ('{"type":"subscribe","id":"x"}', "invalid-field", "/conversationId"),
    "a malformed id of a stream":
        ('{"type":"subscribe","id":"x","botId":"1"}', "invalid-field", "/botId"),
    "a null": ('{"type":"subscribe","id":"x","botId":null}', "invalid-field", "/botId"),
    "no message": ('{"type":"send","id":"x"}', "invalid-field", "/message"),
    "a message that is none":
        ('{"type":"send","id":"x","message":[]}', "invalid-field", "/message"),
    "a message without all":
        ('{"type":"send","id":"x","message":{}}', "invalid-field", "/message/text"),
    "a message with more":
        ('{"type":"send","id":"x","message":{"x":1}}', "invalid-field", "/message/x"),
    "a bad idempotency key":
        ('{"type":"send","id":"x","message":{},"idempotencyKey":""}', "invalid-field",
         "/idempotencyKey"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_command_is_answered_and_the_socket_stays_open(server, name):
    text, kind, at = FAULTY[name]

    async def main():
        async with Socket(server) as socket:
            await socket.over.send(text)
            frame = await socket.hear()
            assert_error(frame, kind, at)
            assert frame.get("id") == ("x" if '"id":"x"' in text else None)
            assert await socket.ask("ping", id="p") == {"type": "pong", "id": "p"}
    run(main())


@pytest.mark.parametrize("after", ["", "end", "AAAA", "Start"])
def test_a_malformed_cursor_is_refused(server, talk, after):
    async def main():
        async with Socket(server) as socket:
            answer = await socket.ask("subscribe", conversationId=talk.conversation, after=after)
            assert_error(answer, "invalid-field", "/after")
    run(main())


def test_a_cursor_of_another_stream_is_refused_over_a_socket(server, talk):
    async def main():
        async with Socket(server) as socket:
            cursor = await socket.subscribe("s", conversationId=talk.conversation)
            answer = await socket.ask("subscribe", conversationId=new_id(), after=cursor)
            assert_error(answer, "invalid-field", "/after")
            both = await socket.ask("subscribe", conversationId=talk.conversation, botId=talk.bot)
            assert_error(both, "invalid-field", "/botId")
    run(main())


def test_a_message_that_post_refuses_is_refused(server, talk):
    async def main():
        async with Socket(server) as socket:
            strangers = message(new_id(), new_id(), new_id())
            assert_error(await socket.ask("send", message=strangers), "unknown-bot")
            alone = message(new_id(), talk.bot, talk.bot)
            assert_error(await socket.ask("send", message=alone), "same-participant")
    run(main())


def test_names_of_subscriptions_are_unique_and_their_number_is_limited(start_server):
    async def main():
        server = start_server("--max-subscriptions", "2")
        async with Socket(server) as socket:
            for name in "ab":
                await socket.subscribe(name, conversationId=new_id())
            again = await socket.ask("subscribe", id="a", conversationId=new_id())
            assert_error(again, "invalid-field", "/id")
            third = await socket.ask("subscribe", id="c", conversationId=new_id())
            assert_error(third, "invalid-field", "/id")
            await socket.ask("unsubscribe", id="a")
            await socket.subscribe("c", conversationId=new_id())
    run(main())


@pytest.mark.parametrize("compression", ["deflate", None])
def test_long_and_short_texts_of_all_kinds_arrive(server, talk, compression):
    texts = ["a", "ä🙂" * 3_000, "x" * 65_536, "\u0001\"\\\n", "a b c " * 2_000]

    async def main():
        async with Socket(server, compression=compression) as socket:
            await socket.subscribe("s", conversationId=talk.conversation)
            for text in texts:
                answer = await socket.ask("send", message=talk.message(text))
                assert answer["message"]["text"] == text
            assert await socket.texts(len(texts)) == texts
    run(main())


def test_a_binary_or_oversized_message_ends_the_socket(server):
    async def main():
        async with Socket(server) as socket:
            await socket.over.send(b"binary")
            assert await socket.closed() == 1003
        async with Socket(server) as socket:
            await socket.over.send("x" * 1_048_577)
            assert await socket.closed() == 1009
    run(main())


def test_the_subprotocol_is_chosen_if_it_is_offered(server):
    async def main():
        async with Socket(server) as socket:
            assert socket.over.subprotocol == "botapi.v1"
        async with Socket(server, subprotocols=None) as socket:
            assert socket.over.subprotocol is None
            assert (await socket.ask("ping"))["type"] == "pong"
    run(main())


def test_a_request_without_an_upgrade_is_refused(api):
    assert_problem(api.get("/stream"), 426, "upgrade-required")
    assert_problem(api.post("/stream"), 405, "method-not-allowed")
    assert_problem(api.get("/stream?a=b", headers=UPGRADE), 400, "invalid-parameter")
    old = api.get("/stream", headers=UPGRADE | {"Sec-WebSocket-Version": "8"})
    assert_problem(old, 426, "upgrade-required")
    assert old.headers["sec-websocket-version"] == "13"
    bad = api.get("/stream", headers=UPGRADE | {"Sec-WebSocket-Key": "short"})
    assert_problem(bad, 400, "invalid-header")


def test_a_stopping_server_closes_its_sockets_with_a_reason(start_server, talk):
    async def main():
        server = start_server()
        async with Socket(server) as socket:
            await socket.subscribe("s", conversationId=new_id())
            stopping = asyncio.get_running_loop().run_in_executor(None, server.stop)
            assert await socket.closed() == 1001
            assert await stopping == 0
    run(main())


def test_sockets_are_counted(start_server):
    async def main():
        from kit.api import Api
        server = start_server()
        with Api(server) as api:
            async with Socket(server) as socket:
                await socket.subscribe("s", conversationId=new_id())
                text = api.get("/metrics").text
                assert "botapi_stream_sockets 1\n" in text
                assert "botapi_stream_subscriptions 1\n" in text
                assert "botapi_stream_requests_total 1\n" in text
    run(main())


def test_a_client_that_does_not_read_delays_nobody(server, talk):
    """The server keeps nothing for it, and cuts it when it takes nothing for long."""
    async def main():
        text = "x" * 60_000
        for _ in range(3):
            talk.say(text)
        async with Socket(server, max_queue=1, read_limit=1024, compression=None) as slow:
            await slow.say("subscribe", id="s", conversationId=talk.conversation, after="start")
            async with Socket(server) as quick:
                await quick.subscribe("q", conversationId=talk.conversation)
                for at in range(100):
                    await quick.ask("send", message=talk.message(f"{at}{text}"))
                assert len(await quick.messages(100)) == 100
            first = json.loads(await slow.over.recv())
            assert first["type"] == "subscribed"
            assert len(await slow.messages(103)) == 103
    run(main())


def test_a_client_may_send_many_commands_at_once(server, talk):
    async def main():
        async with Socket(server) as socket:
            await asyncio.gather(*(
                socket.say("send", id=f"{at}", message=talk.message(f"{at}")) for at in range(200)))
            answers = [await socket.hear() for _ in range(200)]
            assert sorted(int(message["id"]) for message in answers) == list(range(200))
            assert {message["type"] for message in answers} == {"sent"}
    run(main())
    assert len(talk.listed()) == 200


def test_a_closed_socket_is_closed_for_good(server):
    async def main():
        async with Socket(server) as socket:
            await socket.over.close(4001, "enough")
            with pytest.raises(websockets.ConnectionClosed):
                await socket.say("ping", id="p")
            assert socket.over.close_code == 4001
    run(main())
