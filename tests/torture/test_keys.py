"""Keys that are revoked while their holders follow streams and messages come in."""

import time

import httpx
import pytest

from kit.api import Api, new_id
from kit.events import following
from kit.keys import Keys
from kit.wait import crowd, eventually

FOLLOWERS = 4
SOON = 2.0  # Seconds; a second is promised, and the machine does other things meanwhile.


@pytest.mark.rounds(short=2, long=200)
def test_a_stream_ends_soon_after_its_key_and_shows_nothing_later(
        database, make_store, launch, figures, rounds):
    """The key is revoked on one server, and its holders follow a stream on another one."""
    url = make_store(database).url
    servers = [launch(url), launch(url)]
    keys = Keys(servers[0])
    bot = keys.root.new_bot()
    try:
        for _ in range(rounds):
            made = keys.make("messages:read", "messages:write")
            took = revoke_while_following(keys, servers[1], made, bot)
            figures["slowest_end_ms"] = max(figures["slowest_end_ms"], int(took * 1000))
            figures["streams"] += FOLLOWERS
    finally:
        keys.close()
    assert figures["slowest_end_ms"] <= SOON * 1000


def revoke_while_following(keys, server, made, bot):
    """The seconds from the revocation to the end of the last of four streams."""
    begun, revoked = [], []

    def write():
        conversation, client, began = new_id(), new_id(), time.monotonic()
        while not revoked or time.monotonic() < revoked[0] + SOON:
            keys.root.say(conversation, bot, client, "Oi!")
            assert time.monotonic() < began + 60

    def revoke():
        eventually(lambda: len(begun) == FOLLOWERS, "all follow")
        assert keys.root.delete(f"/keys/{made['id']}").status_code == 204
        revoked.append(time.monotonic())

    def follow():
        with Api(server) as api:
            api.headers["Authorization"] = f"Bearer {made['token']}"
            eventually(lambda: api.get("/messages", params={"botId": bot}).status_code == 200, "the key counts")
            with following(api, botId=bot, after="start") as stream:
                begun.append(stream)
                while not stream.is_over:
                    try:
                        stream.fill()
                    except httpx.HTTPError:
                        break
            ended = time.monotonic()
            eventually(lambda: api.get("/messages", params={"botId": bot}).status_code == 401, "the key is gone")
            return ended

    work = [write, revoke, *[follow] * FOLLOWERS]
    ended = crowd(len(work), lambda at: work[at]())
    return max(one for one in ended if one) - revoked[0]
