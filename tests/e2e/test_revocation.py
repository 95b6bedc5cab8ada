"""A key or a token that ends: from then on its holder gets nothing and does nothing."""

import json
import socket
import time

import pytest
import websockets

from kit.api import NDJSON, Api, Talk, assert_problem, message
from kit.events import following
from kit.keys import token_of
from kit.raw import Raw
from kit.server import run as run_program
from kit.sockets import Socket, run
from kit.wait import eventually

BOTH = ("messages:read", "messages:write")
LONG = 3_000  # Messages that are more than the buffers of both ends hold.


class SlowRaw(Raw):
    """A client whose system keeps next to nothing for it."""

    def __init__(self, server):
        super().__init__(server)
        self.socket.close()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(30)
        self.socket.connect((server.host, server.port))


@pytest.fixture(name="long_talk")
def _long_talk(keys):
    """A conversation with a long backlog."""
    talk = Talk(keys.root)
    line = json.dumps(message(talk.conversation, talk.bot, talk.client, "x" * 4_000)) + "\n"
    answer = keys.root.post("/messages", content=line * LONG, headers=NDJSON)
    assert answer.text.count('"status":201') == LONG
    return talk


def revoke(keys, made):
    assert keys.root.delete(f"/keys/{made['id']}").status_code == 204


def target_of(talk, more=""):
    return f"/messages?conversationId={talk.conversation}{more}"


@pytest.mark.parametrize("kind, more", [
    ("text/event-stream", "&after=start"), ("application/json", ""), ("application/x-ndjson", "")])
def test_what_is_being_read_ends_with_the_key(keys, long_talk, kind, more):
    made = keys.make(*BOTH)
    with SlowRaw(keys.server) as raw:
        raw.ask("GET", target_of(long_talk, more), Accept=kind, Connection="close",
                Authorization=f"Bearer {made['token']}")
        assert raw.head().status_code == 200
        raw.take(1_000)
        revoke(keys, made)
        got = raw.rest()

    assert got.count(b'"conversationId"') < LONG / 2
    # Events have no end of their own, and a client comes back to hear that it may not.
    assert got.endswith(b"0\r\n\r\n") == (kind == "text/event-stream")


def test_what_is_being_read_without_a_key_ends_with_the_first_one(start_server):
    server = start_server()
    with Api(server) as api:
        talk = Talk(api)
        line = json.dumps(talk.message("x" * 4_000)) + "\n"
        api.post("/messages", content=line * LONG, headers=NDJSON)
        with SlowRaw(server) as raw:
            raw.ask("GET", target_of(talk, "&after=start"), Accept="text/event-stream",
                    Connection="close")
            assert raw.head().status_code == 200
            made = api.post("/keys", json={"name": "first", "scopes": ["admin"]})
            assert made.status_code == 201
            assert raw.rest().count(b'"conversationId"') < LONG / 2


def test_an_import_ends_with_the_key(keys):
    talk = Talk(keys.root)
    made = keys.make(*BOTH)
    line = (json.dumps(talk.message()) + "\n").encode()
    with Raw(keys.server) as raw:
        raw.ask("POST", "/messages", Content_Type="application/x-ndjson",
                Authorization=f"Bearer {made['token']}", Transfer_Encoding="chunked")
        raw.send_chunk(line)
        assert raw.head().status_code == 200
        assert json.loads(raw.chunk())["status"] == 201
        revoke(keys, made)
        raw.send_chunk(line)
        assert not raw.rest().endswith(b"0\r\n\r\n")

    assert len(talk.listed()) == 1


def test_a_body_that_ends_after_its_key_is_not_stored(keys):
    talk = Talk(keys.root)
    made = keys.make(*BOTH)
    body = json.dumps(talk.message()).encode()
    with Raw(keys.server) as raw:
        raw.ask("POST", "/messages", Content_Type="application/json", Content_Length=len(body),
                Authorization=f"Bearer {made['token']}")
        raw.send(body[:9])
        time.sleep(0.3)
        revoke(keys, made)
        raw.send(body[9:])
        answer = raw.answer()
        assert_problem(answer, 401, "unauthorized")
        assert "invalid_token" in answer.header("www-authenticate")

    assert talk.listed() == []


def test_a_wait_ends_with_the_key(keys):
    talk = Talk(keys.root)
    made = keys.make(*BOTH)
    with Raw(keys.server) as raw:
        raw.ask("GET", target_of(talk, "&after=now&wait=30"),
                Authorization=f"Bearer {made['token']}")
        time.sleep(0.3)
        revoke(keys, made)
        assert_problem(raw.answer(), 401, "unauthorized")


async def assert_refused_at_once(client, talk):
    """The next request over the socket is refused, and the socket closed."""
    try:
        answer = await client.ask("send", message=talk.message())
        assert answer["type"] == "error"
        assert answer["problem"]["type"] == "/problems/unauthorized"
    except websockets.ConnectionClosed as closed:
        assert closed.code == 1008
    assert await client.closed() == 1008


def test_a_socket_does_nothing_after_its_key(keys):
    talk = Talk(keys.root)

    async def main():
        made = keys.make(*BOTH)
        async with Socket(keys.server, made["token"]) as client:
            assert (await client.ask("send", message=talk.message()))["type"] == "sent"
            revoke(keys, made)
            await assert_refused_at_once(client, talk)
    run(main())

    assert len(talk.listed()) == 1


def test_a_backlog_over_a_socket_ends_with_the_key(keys, long_talk):
    async def main():
        made = keys.make(*BOTH)
        count = 0
        async with Socket(keys.server, made["token"], max_queue=1, read_limit=4096,
                          compression=None) as client:
            await client.say("subscribe", id="s", after="start",
                             conversationId=long_talk.conversation)
            try:
                while True:
                    count += (await client.hear())["type"] == "message"
                    if count == 10:
                        revoke(keys, made)
            except websockets.ConnectionClosed as closed:
                assert closed.code == 1008
        assert 10 <= count < LONG / 2
    run(main())


def rotate_at_once(keys):
    done = run_program("keys", "rotate-signing", "--at-once", "--database", keys.server.database)
    assert done.returncode == 0, done.stderr


def test_streams_and_sockets_end_with_the_secret_of_their_token(keys):
    talk = Talk(keys.root)
    issuer = keys.holder(*BOTH)
    given = token_of(issuer, talk.conversation, talk.client)
    user = keys.client(given["token"])

    async def main():
        async with Socket(keys.server, given["token"]) as client:
            await client.subscribe("s", conversationId=talk.conversation)
            with following(user, conversationId=talk.conversation) as stream:
                talk.say("heard")
                assert stream.texts(1) == ["heard"]
                since = time.monotonic()
                rotate_at_once(keys)
                assert stream.rest() == []
            assert await client.closed() == 1008
            assert time.monotonic() - since < 10
    run(main())

    eventually(lambda: user.get(target_of(talk)).status_code == 401, "the token has ended")
    again = keys.seated(issuer, talk.conversation, talk.client)
    assert again.get(target_of(talk)).status_code == 200


def test_tokens_of_the_new_secret_outlive_the_end_of_the_old(keys):
    talk = Talk(keys.root)
    issuer = keys.holder(*BOTH)
    old = keys.seated(issuer, talk.conversation, talk.client)
    rotate_at_once(keys)
    eventually(lambda: old.get(target_of(talk)).status_code == 401, "the server knows of it")
    new = keys.seated(issuer, talk.conversation, talk.client)

    time.sleep(3)

    assert new.get(target_of(talk)).status_code == 200
