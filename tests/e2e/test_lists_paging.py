"""Pages of GET /messages, and complete lists without a limit."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from kit.api import Api, Talk, assert_problem, links, new_id
from kit.raw import once

COUNT = 23


@pytest.fixture(scope="module")
def long_talk(api):
    """A conversation in which many messages share an instant, and its list."""
    talk = Talk(api)
    stamps = [f"2020-01-01T00:00:{(number * 7) % 4:02}Z" for number in range(COUNT)]
    answer = api.post("/messages", json=[
        talk.message(f"{number}", timestamp=stamp, inbound=number % 2 == 0)
        for number, stamp in enumerate(stamps)])
    assert answer.status_code == 201
    talk.said = sorted(answer.json(), key=lambda one: one["timestamp"])
    return talk


def flat(pages):
    return [one for page in pages for one in page]


@pytest.mark.parametrize("limit", [1, 2, 7, COUNT - 1, COUNT, COUNT + 1, 1000])
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("by", ["conversationId", "botId", "clientId"])
def test_the_pages_are_the_whole_list(api, long_talk, by, order, limit):
    value = {"conversationId": long_talk.conversation, "botId": long_talk.bot,
             "clientId": long_talk.client}[by]
    expected = long_talk.said if order == "asc" else long_talk.said[::-1]

    first = api.get("/messages", params={by: value, "order": order, "limit": limit})
    pages, last = api.walk(first)

    assert flat(pages) == expected
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert len(pages) == -(-COUNT // limit), "there is no next page after the last message"
    assert "prev" not in links(first)

    back, start = api.walk(last, "prev")
    assert flat(reversed(back)) == expected
    assert "prev" not in links(start)
    assert start.json()[0] == expected[0]


def test_the_direction_can_change_at_any_page(api, long_talk):
    first = api.get("/messages", params={"conversationId": long_talk.conversation, "limit": 5})
    second = api.get(links(first)["next"])
    third = api.get(links(second)["next"])

    assert api.get(links(third)["prev"]).json() == second.json()
    assert api.get(links(api.get(links(third)["prev"]))["next"]).json() == third.json()
    assert api.get(links(third)["first"]).json() == first.json()
    assert api.get(links(second)["first"]).json() == first.json()


def test_pages_keep_their_filter(api, long_talk):
    query = {"conversationId": long_talk.conversation, "limit": 3, "direction": "inbound",
             "since": "2020-01-01T01:00:01+01:00", "until": "2020-01-01T00:00:03.000Z",
             "order": "desc"}
    inbound = [one for one in long_talk.said if one["to"] == long_talk.bot]
    expected = [one for one in inbound if one["timestamp"][17:19] in ("01", "02")]

    pages, last = api.walk(api.get("/messages", params=query))

    assert len(expected) > 3
    assert flat(pages) == expected[::-1]
    assert flat(reversed(api.walk(last, "prev")[0])) == expected[::-1]


def test_later_messages_are_on_later_pages(api, talk):
    messages = [talk.say(f"{second}", timestamp=f"2020-01-01T00:00:{second:02}Z")
            for second in range(4)]
    first = api.get("/messages", params={"conversationId": talk.conversation, "limit": 2})
    before = talk.say("before", timestamp="2019-01-01T00:00:00Z")
    after = talk.say("after", timestamp="2021-01-01T00:00:00Z")

    pages, last = api.walk(first)

    assert flat(pages) == messages + [after]
    assert flat(reversed(api.walk(last, "prev")[0])) == [before, *messages, after]


def test_every_server_can_continue_a_list(pair):
    talk = Talk(pair[0])
    batch = [talk.message(f"{number}") for number in range(9)]
    messages = pair[0].post("/messages", json=batch).json()
    query = {"conversationId": talk.conversation, "limit": 4}

    first = pair[0].get("/messages", params=query)
    following = urlsplit(links(first)["next"])
    second = pair[1].get(f"{following.path}?{following.query}")

    assert first.json() + second.json() == messages[:8]


def test_a_list_without_limit_has_no_pages(api, long_talk):
    answer = api.get("/messages", params={"conversationId": long_talk.conversation})

    assert answer.json() == long_talk.said
    assert links(answer) == {}


def cursor_of(answer, known):
    query = dict(parse_qsl(urlsplit(links(answer)["next"]).query))
    (name,) = set(query) - set(known)
    return name, query[name]


def test_a_cursor_fits_its_own_list_only(api, long_talk):
    own = {"conversationId": long_talk.conversation, "limit": "5"}
    name, text = cursor_of(api.get("/messages", params=own), own)
    others = [{"conversationId": new_id()}, {"botId": long_talk.bot}, own | {"order": "desc"},
              own | {"direction": "inbound"}, own | {"since": "2019-01-01T00:00:00Z"}]

    assert api.get("/messages", params=own | {name: text}).json() == long_talk.said[5:10]
    for other in others:
        assert_problem(api.get("/messages", params=other | {"limit": "5", name: text}), 400,
                       naming=name)
    for path in ("/bots", f"/conversations?botId={long_talk.bot}"):
        sep = "&" if "?" in path else "?"
        assert_problem(api.get(f"{path}{sep}{urlencode({name: text})}"), 400, naming=name)


def test_a_forged_cursor_is_refused(api, long_talk):
    own = {"conversationId": long_talk.conversation, "limit": "5"}
    name, text = cursor_of(api.get("/messages", params=own), own)

    for forged in ("", "x", "AAAA", "null", text[:-1], text[1:], text + "A", text * 2, "=" * 8,
                   "é", "' OR 1=1", "A" * 500, text.swapcase(), text[::-1]):
        answer = api.get("/messages", params=own | {name: forged})
        assert_problem(answer, 400, naming=name)


@pytest.fixture(scope="module")
def huge(api):
    """A conversation of 5,000 messages that arrived in another order than the list's."""
    talk = Talk(api)
    arrived = []
    for start in range(0, 5000, 1000):
        numbers = [(start + number) * 1237 % 5000 for number in range(1000)]
        answer = api.post("/messages", json=[
            talk.message(f"Message {number}", timestamp=f"2020-01-01T00:{number // 10 // 60:02}:"
                         f"{number // 10 % 60:02}Z") for number in numbers])
        assert answer.status_code == 201, answer.text
        arrived += answer.json()
    talk.said = sorted(arrived, key=lambda one: one["timestamp"])
    return talk


def test_a_list_without_limit_is_whole_however_long(server, huge):
    answer = once(server, "GET", f"/messages?conversationId={huge.conversation}")

    assert answer.status_code == 200
    assert answer.header("transfer-encoding").lower() == "chunked"
    assert answer.header("content-length") is None
    assert len(answer.chunks) > 1
    assert answer.json() == huge.said


@pytest.mark.parametrize("query", ["order=desc", "direction=outbound&order=desc"])
def test_a_long_list_can_be_read_in_both_orders(huge, query):
    assert huge.listed(**dict(parse_qsl(query))) == huge.said[::-1]


def test_long_lists_of_a_bot_and_a_client_are_whole(api, huge):
    assert api.listed(botId=huge.bot) == huge.said
    assert api.listed(clientId=huge.client) == huge.said


def test_a_long_list_for_http_1_0_ends_with_the_connection(server, huge):
    target = f"/messages?conversationId={huge.conversation}"

    answer = once(server, "GET", target, version="HTTP/1.0")

    assert answer.status_code == 200
    assert answer.header("transfer-encoding") is None
    assert answer.json() == huge.said


def test_a_long_list_is_a_snapshot_while_messages_arrive(start_server):
    with Api(start_server()) as api:
        talk = Talk(api)
        stamp = "2020-01-01T00:00:00Z"
        for _ in range(3):
            batch = [talk.message("x" * 500, timestamp=stamp) for _ in range(1000)]
            assert api.post("/messages", json=batch).status_code == 201

        with api.stream("GET", "/messages", params={"conversationId": talk.conversation}) as answer:
            talk.say("meanwhile", timestamp=stamp)
            reply = b"".join(answer.iter_bytes()).decode()

        assert reply.count('"conversationId"') in (3000, 3001)
        assert len(talk.listed()) == 3001
