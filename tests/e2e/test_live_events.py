"""Server-Sent Events: a stream for as long as somebody listens."""

import json
import re
import threading
import time

import pytest

from kit.api import Api, Talk, assert_problem, new_id
from kit.events import Crowd, following, live_metric
from kit.keys import Keys
from kit.raw import Raw, once
from kit.server import Server
from kit.wait import crowd, eventually

EVENTS = {"Accept": "text/event-stream"}


def test_events_are_the_messages_with_their_cursors(talk):
    messages = [talk.say("one"), talk.say("two")]
    with following(talk.api, conversationId=talk.conversation) as stream:
        events = stream.take(2)
        messages.append(talk.say("three"))
        events += stream.take(1)

    assert [event.data for event in events] == messages
    assert {event.kind for event in events} == {"message"}
    assert 1000 <= stream.parser.retry <= 10000
    listed = talk.api.get("/messages", params={"conversationId": talk.conversation})
    assert events[-1].id == listed.headers["stream-cursor"]


def test_a_client_that_reconnects_with_an_id_gets_every_message_once(talk):
    for number in range(5):
        talk.say(f"{number}")
    with following(talk.api, conversationId=talk.conversation) as stream:
        second = stream.take(2)[1].id

    with following(talk.api, conversationId=talk.conversation, after="start",
                   last_event_id=second) as stream:
        assert stream.texts(3) == ["2", "3", "4"]


def test_a_last_event_id_in_the_query_is_the_header(talk):
    """Where a page or a library can't set the header."""
    for number in range(5):
        talk.say(f"{number}")
    with following(talk.api, conversationId=talk.conversation) as stream:
        ids = [event.id for event in stream.take(5)]

    for more in ({}, {"after": "start"}, {"after": "now"}):
        with following(talk.api, conversationId=talk.conversation, lastEventId=ids[1],
                       **more) as stream:
            assert stream.texts(3) == ["2", "3", "4"]
    with following(talk.api, last_event_id=ids[3], conversationId=talk.conversation,
                   lastEventId=ids[1]) as stream:
        assert stream.texts(1) == ["4"], "who comes back has the newer id in the header"
    with following(talk.api, conversationId=talk.conversation, lastEventId="") as stream:
        assert stream.texts(1) == ["0"]


@pytest.mark.parametrize("more, accept", [
    ("lastEventId=x", "text/event-stream"), ("lastEventId=x&after=start", "text/event-stream"),
    ("lastEventId=x", "application/json"), ("lastEventId=x&after=start", "application/json"),
    ("lastEventId=x&lastEventId=y", "text/event-stream")])
def test_a_last_event_id_in_the_query_is_checked(talk, more, accept):
    answer = talk.api.get(f"/messages?conversationId={talk.conversation}&{more}",
                          headers={"Accept": accept})
    assert_problem(answer, 400, "invalid-parameter", naming="lastEventId")


def test_no_proxy_may_change_events(talk):
    with talk.api.stream("GET", "/messages", params={"conversationId": talk.conversation},
                         headers=EVENTS) as answer:
        assert answer.headers["cache-control"] == "no-store, no-transform"


def test_now_means_messages_after_the_request(talk):
    talk.say("before")
    with following(talk.api, conversationId=talk.conversation, after="now") as stream:
        talk.say("after")

        assert stream.texts(1) == ["after"]


def test_any_cursor_of_the_stream_begins_it(talk):
    talk.say("one")
    listed = talk.api.get("/messages", params={"conversationId": talk.conversation})
    talk.say("two")
    cursor = listed.headers["stream-cursor"]

    with following(talk.api, conversationId=talk.conversation, after=cursor) as stream:
        assert stream.texts(1) == ["two"]


def test_the_events_of_a_bot_cover_all_its_conversations(api, talk):
    with following(api, botId=talk.bot) as stream:
        talk.say("one")
        api.say(new_id(), new_id(), talk.bot, text="two")
        talk.say("three")

        assert stream.texts(3) == ["one", "two", "three"]


def test_a_line_break_in_metadata_breaks_no_event(talk):
    body = (f'{{"conversationId":"{talk.conversation}","from":"{talk.bot}","to":"{talk.client}",'
            '"text":"a\\nb","metadata":{\n"a" :\r\n\n1.00}}')
    talk.api.send_json("POST", "/messages", body)
    talk.say("next")

    with following(talk.api, conversationId=talk.conversation) as stream:
        first, _ = stream.take(2)

    assert first.data["text"] == "a\nb"
    assert first.data["metadata"] == {"a": 1.0}


def test_silence_is_broken_by_comments(start_server):
    with Api(start_server("--heartbeat-interval", "100ms")) as api:
        talk = Talk(api)
        with following(api, conversationId=talk.conversation) as stream:
            stream.heartbeat()
            stream.heartbeat()
            talk.say("still there")

            assert stream.texts(1) == ["still there"]


def test_a_watcher_that_left_is_noticed_immediately(server, talk):
    before = live_metric(talk.api, "followers")
    raw = Raw(server)
    raw.ask("GET", f"/messages?conversationId={talk.conversation}", **EVENTS)
    assert raw.head().status_code == 200
    eventually(lambda: live_metric(talk.api, "followers") == before + 1, "it follows")

    raw.socket.close()

    eventually(lambda: live_metric(talk.api, "followers") == before, "it is gone", seconds=5)


def test_http_1_0_gets_events_up_to_the_end_of_the_connection(server, talk):
    talk.say("one")
    with Raw(server) as raw:
        raw.ask("GET", f"/messages?conversationId={talk.conversation}", version="HTTP/1.0",
                **EVENTS)
        reply = raw.head()
        assert reply.status_code == 200
        assert reply.header("transfer-encoding") is None
        while b'"text":"one"' not in raw.buffer:
            assert raw.fill()


def test_head_has_the_type_and_ends(server, talk):
    answer = once(server, "HEAD", f"/messages?conversationId={talk.conversation}", **EVENTS)

    assert answer.status_code == 200
    assert answer.header("content-type") == "text/event-stream"


def test_a_connection_serves_other_requests_before_its_stream(server, talk):
    with Raw(server) as raw:
        raw.ask("GET", "/healthz")
        assert raw.answer().status_code == 200
        raw.ask("GET", f"/messages?conversationId={talk.conversation}", **EVENTS)
        assert raw.head().status_code == 200
        talk.say("x")
        while b'"text":"x"' not in raw.buffer:
            assert raw.fill()


@pytest.mark.parametrize("parameter", ["limit=5", "wait=5", "order=asc", "since=x"])
def test_parameters_that_do_not_apply_to_events_are_refused_by_name(api, parameter):
    answer = api.get(f"/messages?conversationId={new_id()}&{parameter}", headers=EVENTS)

    problem = assert_problem(answer, 400, "invalid-parameter")
    assert [part["parameter"] for part in problem["errors"]] == [parameter.split("=")[0]]


def test_a_last_event_id_of_another_stream_is_refused(api, talk):
    talk.say()
    cursor = api.get("/messages", params={"conversationId": talk.conversation})
    headers = EVENTS | {"Last-Event-ID": cursor.headers["stream-cursor"]}

    answer = api.get(f"/messages?conversationId={new_id()}", headers=headers)

    assert_problem(answer, 400, "invalid-header", naming="Last-Event-ID")


def test_a_lost_cursor_is_reported_by_an_event_without_id(start_server, new_database):
    with Api(start_server()) as api:
        talk = Talk(api)
        for _ in range(3):
            talk.say()
        cursor = api.get("/messages", params={"conversationId": talk.conversation})
        cursor = cursor.headers["stream-cursor"]
    with Api(start_server(database=new_database())) as api:  # As after a failover that lost them.
        path = f"/messages?conversationId={talk.conversation}&after={cursor}"
        with following(api, conversationId=talk.conversation, last_event_id=cursor) as stream:
            (lost,) = stream.rest()

        assert (lost.kind, lost.id) == ("lost", None)
        assert lost.data["type"] == "/problems/place-lost"
        assert lost.data["status"] == 410
        assert_problem(api.get(path), 410, "place-lost")
        assert_problem(api.get(f"{path}&wait=5"), 410, "place-lost")


def test_a_key_that_is_revoked_ends_its_streams(start_server):
    keys = Keys(start_server())
    talk = Talk(keys.root)
    made = keys.make("messages:read")
    holder = keys.client(made["token"])
    with following(holder, conversationId=talk.conversation) as stream:
        talk.say("one")
        assert stream.texts(1) == ["one"]

        assert keys.root.delete(f"/keys/{made['id']}").status_code == 204
        began = time.monotonic()
        assert stream.rest() == []
        assert time.monotonic() - began < 4
    keys.close()


def test_a_key_for_one_bot_gets_no_events_of_others(start_server):
    keys = Keys(start_server())
    talk = Talk(keys.root)
    other = keys.root.new_bot()
    holder = keys.holder("messages:read", bots=[talk.bot])
    with following(holder, conversationId=talk.conversation) as stream:
        with following(keys.root, conversationId=talk.conversation) as whole:
            for number in range(3):
                keys.root.say(talk.conversation, other, new_id(), text=f"other {number}")
                talk.say(f"mine {number}")

            assert whole.texts(6) == [f"{who} {at}" for at in range(3) for who in ("other", "mine")]
            assert stream.texts(3) == [f"mine {at}" for at in range(3)]
    keys.close()


def test_a_stopping_server_ends_its_streams_cleanly(start_server):
    server = start_server()
    with Api(server) as api:
        talk = Talk(api)
        with following(api, conversationId=talk.conversation) as stream:
            talk.say("one")
            assert stream.texts(1) == ["one"]
            server.ask_to_end()

            assert stream.rest() == []  # To the last chunk: httpx complains otherwise.


def test_nothing_is_lost_or_doubled_over_a_crash(start_server, new_database):
    database = new_database()
    server = start_server(database=database)
    with Api(server) as api:
        talk = Talk(api)
        with following(api, conversationId=talk.conversation) as stream:
            talk.say("one")
            talk.say("two")
            first = stream.take(1)[0]
            server.kill()
    with Api(start_server(database=database)) as api:
        talk.api = api
        with following(api, conversationId=talk.conversation, last_event_id=first.id) as stream:
            talk.say("three")

            assert stream.texts(2) == ["two", "three"]


@pytest.mark.only("postgresql")
def test_a_message_stored_by_one_server_is_sent_by_another(pair):
    left, right = pair
    talk = Talk(left)
    with following(right, conversationId=talk.conversation) as stream:
        with following(right, botId=talk.bot) as of_bot:
            for number in range(20):
                talk.say(f"{number}")

            assert stream.texts(20) == [f"{number}" for number in range(20)]
            assert of_bot.texts(20) == [f"{number}" for number in range(20)]


@pytest.mark.only("postgresql")
def test_a_cursor_of_one_server_works_on_another(pair):
    left, right = pair
    talk = Talk(left)
    with following(left, conversationId=talk.conversation) as stream:
        talk.say("one")
        cursor = stream.take(1)[0].id
    talk.say("two")

    with following(right, conversationId=talk.conversation, last_event_id=cursor) as stream:
        assert stream.texts(1) == ["two"]


def test_all_watchers_get_concurrent_messages_in_one_order(api):
    talk = Talk(api)
    with following(api, conversationId=talk.conversation) as one:
        with following(api, botId=talk.bot) as other:
            crowd(8, lambda number: [talk.say(f"{number}-{at}") for at in range(10)])

            heard = one.texts(80)
            assert sorted(heard) == sorted(f"{n}-{at}" for n in range(8) for at in range(10))
            assert other.texts(80) == heard
    listed = api.get("/messages", params={"conversationId": talk.conversation, "after": "start"})
    assert [message["text"] for message in listed.json()] == heard


def test_cors_lets_pages_of_an_allowed_origin_follow(start_server):
    with Api(start_server("--cors-origin", "https://app.example")) as api:
        headers = EVENTS | {"Origin": "https://app.example"}
        with api.stream("GET", f"/messages?conversationId={new_id()}", headers=headers) as answer:
            assert answer.headers["access-control-allow-origin"] == "https://app.example"
        listed = api.get(f"/messages?conversationId={new_id()}",
                         headers={"Origin": "https://app.example"})
        assert "Stream-Cursor" in listed.headers["access-control-expose-headers"]
