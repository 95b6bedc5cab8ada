"""`GET /messages` with `after`: a stream piece by piece, and waiting for the next piece."""

import threading
import time

import httpx
import pytest

from kit.api import Talk, assert_problem, links, new_id
from kit.events import live_metric
from kit.keys import Keys
from kit.raw import Raw
from kit.wait import crowd, eventually


def texts(answer):
    assert answer.status_code == 200, answer.text
    return [message["text"] for message in answer.json()]


def read(talk, **parameters):
    return talk.api.get("/messages", params={"conversationId": talk.conversation, **parameters})


def cursor_of(answer):
    assert answer.status_code == 200, answer.text
    return answer.headers["stream-cursor"]


def test_following_the_links_gives_each_message_once_and_in_the_order_of_arrival(talk):
    messages = [talk.say(f"{number}", timestamp=f"20{30 - number}-01-01T00:00:00Z")
            for number in range(10)]

    found, answer = [], read(talk, after="start", limit=3)
    while answer.json():
        assert len(answer.json()) <= 3
        found += answer.json()
        answer = talk.api.get(links(answer)["next"])

    assert found == messages
    talk.say("late")
    assert texts(talk.api.get(links(answer)["next"])) == ["late"]


def test_a_list_and_the_stream_after_it_have_each_message_once(talk):
    talk.say("before")
    listed = read(talk, order="desc", limit=20)
    talk.say("after")

    assert texts(listed) == ["before"]
    assert texts(read(talk, after=cursor_of(listed))) == ["after"]


def test_a_conversation_without_messages_can_be_followed(api, talk):
    empty = read(talk, after="now")

    assert texts(empty) == []
    talk.say("first")
    assert texts(read(talk, after=cursor_of(empty))) == ["first"]


def test_the_stream_of_a_bot_has_all_its_conversations(api, talk):
    other = new_id()
    talk.say("one")
    listed = api.get("/messages", params={"botId": talk.bot})
    api.say(other, talk.client, talk.bot, text="two")

    everything = api.get("/messages", params={"botId": talk.bot, "after": "start"})

    assert texts(everything) == ["one", "two"]
    assert texts(api.get("/messages", params={"botId": talk.bot,
                                              "after": cursor_of(listed)})) == ["two"]


def test_a_wait_ends_with_the_first_message(talk):
    cursor = cursor_of(read(talk, after="now"))
    before = live_metric(talk.api, "followers")
    answers = []
    waiter = threading.Thread(
        target=lambda: answers.append(read(talk, after=cursor, wait=60)))
    waiter.start()
    eventually(lambda: live_metric(talk.api, "followers") > before, "somebody waits")

    message = talk.say("news")
    waiter.join(10)

    assert answers[0].json() == [message]
    assert texts(talk.api.get(links(answers[0])["next"].replace("wait=60", "wait=1"))) == []


def test_a_wait_for_an_existing_message_returns_immediately(talk):
    talk.say("old")

    assert texts(read(talk, after="start", wait=60)) == ["old"]


def test_a_wait_without_news_ends_empty_after_its_time(talk):
    cursor = cursor_of(read(talk, after="now"))
    began = time.monotonic()

    answer = read(talk, after=cursor, wait=1)

    assert texts(answer) == []
    assert cursor_of(answer) == cursor
    assert 1 <= time.monotonic() - began < 5


def test_metadata_comes_back_byte_for_byte_after_a_wait(talk):
    cursor = cursor_of(read(talk, after="now"))
    before = live_metric(talk.api, "followers")
    answers = []
    waiter = threading.Thread(
        target=lambda: answers.append(read(talk, after=cursor, wait=60).text))
    waiter.start()
    eventually(lambda: live_metric(talk.api, "followers") > before, "somebody waits")
    body = (f'{{"conversationId":"{talk.conversation}","from":"{talk.bot}","to":"{talk.client}",'
            '"text":"x","metadata":{\n"a" :\r\n1.00}}')

    assert talk.api.send_json("POST", "/messages", body).status_code == 201
    waiter.join(10)

    assert '"metadata":{\n"a" :\r\n1.00}' in answers[0]


def test_many_waiting_clients_use_no_storage_thread(start_server):
    server = start_server("--db-connections", "2")
    with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as api:
        api.new_bot = lambda: api.post("/bots", json={"name": "Aureo"}).json()["id"]
        talk = Talk(api)
        cursor = cursor_of(read(talk, after="now"))
        path = f"/messages?conversationId={talk.conversation}&after={cursor}&wait=60"
        waiting = [Raw(server) for _ in range(100)]
        for one in waiting:
            one.ask("GET", path)
        eventually(lambda: live_metric(api, "followers") == 100, "all wait")

        message = talk.say("for all")

        for one in waiting:
            assert one.answer().json() == [message]
            one.socket.close()
        eventually(lambda: live_metric(api, "followers") == 0, "nobody waits")


def test_a_request_behind_a_wait_is_answered_after_it(server, talk):
    cursor = cursor_of(read(talk, after="now"))
    path = f"/messages?conversationId={talk.conversation}&after={cursor}&wait=1"
    with Raw(server) as raw:
        raw.ask("GET", path)
        raw.ask("GET", "/healthz")

        assert raw.answer().json() == []
        assert raw.answer().status_code == 200


def test_a_waiting_client_that_left_is_noticed(server, talk):
    cursor = cursor_of(read(talk, after="now"))
    before = live_metric(talk.api, "followers")
    with Raw(server) as raw:
        raw.ask("GET", f"/messages?conversationId={talk.conversation}&after={cursor}&wait=60")
        eventually(lambda: live_metric(talk.api, "followers") == before + 1, "it waits")

    eventually(lambda: live_metric(talk.api, "followers") == before, "it is gone", seconds=5)


def test_a_stopping_server_answers_waiting_clients_immediately(start_server):
    server = start_server()
    with Raw(server) as raw:
        raw.ask("GET", f"/messages?conversationId={new_id()}&after=now&wait=60")
        with httpx.Client(base_url=server.url, trust_env=False) as api:
            eventually(lambda: live_metric(api, "followers") == 1, "it waits")
        began = time.monotonic()

        server.ask_to_end()
        answer = raw.answer()

        assert answer.json() == []
        assert answer.header("stream-cursor")
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("parameter", ["since=2018-01-01T00:00:00Z", "order=asc", "clientId=x",
                                       "from=x", "to=x", "direction=inbound", "until=x",
                                       "cursor=x", "wait=0", "wait=61", "wait=-1", "limit=0"])
def test_parameters_that_do_not_apply_to_streams_are_refused_by_name(api, parameter):
    answer = api.get(f"/messages?conversationId={new_id()}&after=now&{parameter}")

    problem = assert_problem(answer, 400, "invalid-parameter")
    assert [part["parameter"] for part in problem["errors"]] == [parameter.split("=")[0]]


def test_a_cursor_belongs_to_its_stream(api, talk):
    talk.say()
    listed = read(talk)

    for cursor in (cursor_of(listed)[:-1], "x", ""):
        assert_problem(read(talk, after=cursor), 400, "invalid-parameter", naming="after")
    other = api.get("/messages", params={"conversationId": new_id(), "after": cursor_of(listed)})
    assert_problem(other, 400, "invalid-parameter", naming="after")


def test_a_key_for_one_bot_follows_that_bot_only(start_server):
    keys = Keys(start_server())
    talk = Talk(keys.root)
    other = keys.root.new_bot()
    holder = keys.holder("messages:read", bots=[talk.bot])
    path = f"/messages?conversationId={talk.conversation}"
    talk.say("mine")
    listed = holder.get(path)
    keys.root.say(talk.conversation, other, new_id(), text="another's")
    talk.say("mine again")

    assert texts(holder.get(f"{path}&after=start")) == ["mine", "mine again"]
    assert texts(holder.get(f"{path}&after={cursor_of(listed)}")) == ["mine again"]
    answers = crowd(2, lambda number: holder.get(
        f"{path}&after={cursor_of(holder.get(path))}&wait=5") if number else
        [eventually(lambda: live_metric(keys.root, "followers") == 1, "it waits"),
         keys.root.say(talk.conversation, other, new_id(), text="another's"),
         talk.say("mine at last")])
    assert texts(answers[1]) == ["mine at last"]
    assert texts(holder.get(f"/messages?botId={other}&after=start")) == []
    keys.close()
