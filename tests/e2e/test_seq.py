"""`seq`, the number of a message within its conversation, on request."""

import json

import pytest

from kit.api import NDJSON, assert_problem, links, new_id
from kit.events import following
from kit.sockets import Socket, run

SEQ = {"include": "seq"}
LINES = {"Accept": NDJSON["Content-Type"]}
WHENS = ["2020-01-03T00:00:00Z", "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"]


@pytest.fixture(name="messages")
def _messages(talk):
    """Three messages, each with its number. In lists they stand as 2, 3, 1."""
    return [talk.say(f"{number}", timestamp=when) | {"seq": number}
            for number, when in enumerate(WHENS, 1)]


def ask(talk, accept="application/json", method="GET", known=None, **parameters):
    headers = {"Accept": accept} | ({"If-None-Match": known} if known else {})
    return talk.api.request(method, "/messages", headers=headers,
                            params={"conversationId": talk.conversation, **parameters})


def plain(numbered):
    return {name: value for name, value in numbered.items() if name != "seq"}


def test_a_list_has_seq_on_request_only(talk, messages):
    listed = [messages[1], messages[2], messages[0]]

    assert talk.listed(**SEQ) == listed
    assert talk.listed(**SEQ, order="desc") == listed[::-1]
    assert talk.listed(include="seq,seq") == listed
    assert talk.listed() == [plain(one) for one in listed]


def test_seq_is_the_last_member_and_changes_nothing_before_it(talk):
    body = json.dumps(talk.message("a\nb"))[:-1] + ',"metadata":{ "a" :\n1.00 }}'
    stored = talk.api.send_json("POST", "/messages", body)

    expected = stored.content[:-1] + b',"seq":1}'
    assert ask(talk, **SEQ).content == b"[" + expected + b"]"
    assert ask(talk, **SEQ, limit=1).content == b"[" + expected + b"]"
    assert ask(talk, **SEQ, after="start").content == b"[" + expected + b"]"
    assert talk.api.get(f"/messages/{stored.json()['id']}", params=SEQ).content == expected
    lines = ask(talk, LINES["Accept"], **SEQ).content
    assert lines == expected.replace(b":\n1", b": 1") + b"\n"


def test_ndjson_lines_have_seq(talk, messages):
    numbered = ask(talk, LINES["Accept"], **SEQ)

    lines = [json.loads(line) for line in numbered.text.splitlines()]
    assert lines == [messages[1], messages[2], messages[0]]
    assert b"seq" not in ask(talk, LINES["Accept"]).content


def test_lists_of_bots_and_clients_have_the_seq_of_each_conversation(api, talk, messages):
    other = api.say(new_id(), talk.bot, talk.client, timestamp="2020-01-04T00:00:00Z")

    expected = [2, 3, 1, 1]
    for filters in ({"botId": talk.bot}, {"clientId": talk.client}):
        listed = api.listed(**filters, **SEQ)
        assert [one["seq"] for one in listed] == expected
        assert listed[-1] == other | {"seq": 1}


def test_a_streamed_list_has_every_seq(talk):
    many = [talk.message(f"{number}", timestamp=WHENS[0]) for number in range(1000)]
    assert talk.api.post("/messages", json=many).status_code == 201

    assert [one["seq"] for one in talk.listed(**SEQ)] == list(range(1, 1001))
    lines = ask(talk, LINES["Accept"], **SEQ).text.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, 1001))


def test_the_links_of_a_page_keep_include(talk, messages):
    first = ask(talk, **SEQ, limit=1)

    pages, last = talk.api.walk(first)

    assert [one for page in pages for one in page] == [messages[1], messages[2], messages[0]]
    back, _ = talk.api.walk(last, "prev")
    assert back[-1] == [messages[1]]
    assert talk.api.get(links(last)["first"]).content == first.content


def test_a_message_by_id_has_seq_on_request_only(api, messages):
    path = f"/messages/{messages[1]['id']}"

    numbered, bare = api.get(path, params=SEQ), api.get(path)

    assert (numbered.json(), bare.json()) == (messages[1], plain(messages[1]))
    assert list(numbered.json())[-1] == "seq"


@pytest.mark.parametrize("accept", ["application/json", LINES["Accept"]])
@pytest.mark.parametrize("more", [{}, {"limit": 2}, {"after": "start"}])
def test_lists_with_and_without_seq_have_different_tags_and_cache_entries(
        talk, messages, accept, more):
    assert messages
    answers = {}
    for include in ({}, SEQ, {}, SEQ):  # The second time they come from memory.
        answer = ask(talk, accept, **include, **more)
        known = answers.setdefault(str(include), answer)
        assert answer.content == known.content
        assert answer.headers["etag"] == known.headers["etag"]
        assert (b'"seq":' in answer.content) == bool(include)

        head = ask(talk, accept, "HEAD", **include, **more)
        assert head.status_code == 200 and not head.content
        assert head.headers["content-length"] == str(len(answer.content))
        assert head.headers["etag"] == answer.headers["etag"]
        for method in ("GET", "HEAD"):
            unchanged = ask(talk, accept, method, answer.headers["etag"], **include, **more)
            assert unchanged.status_code == 304 and not unchanged.content

    bare, numbered = answers.values()
    assert bare.headers["etag"] != numbered.headers["etag"]
    assert ask(talk, accept, known=bare.headers["etag"], **SEQ, **more).status_code == 200
    assert ask(talk, accept, known=numbered.headers["etag"], **more).status_code == 200
    talk.say("more")
    assert ask(talk, accept, known=numbered.headers["etag"], **SEQ, **more).status_code == 200


def test_messages_with_and_without_seq_have_different_tags(api, messages):
    path = f"/messages/{messages[0]['id']}"
    bare, numbered = api.get(path), api.get(path, params=SEQ)

    assert bare.headers["etag"] != numbered.headers["etag"]
    for answer, include in ((bare, {}), (numbered, SEQ)):
        for method in ("GET", "HEAD"):
            known = {"If-None-Match": answer.headers["etag"]}
            assert api.request(method, path, params=include, headers=known).status_code == 304
        head = api.head(path, params=include)
        assert head.headers["content-length"] == str(len(answer.content))
    known = {"If-None-Match": bare.headers["etag"]}
    assert api.get(path, params=SEQ, headers=known).json() == messages[0]


@pytest.mark.parametrize("value", ["", "x", "seq,", ",seq", "seq,x", "Seq", "seq seq", "erased"])
def test_an_unknown_name_is_refused_and_the_known_ones_are_listed(api, talk, value):
    message = talk.say()
    about = {"conversationId": talk.conversation, "include": value}
    answers = [
        api.get("/messages", params=about),
        api.get("/messages", params=about, headers=LINES),
        api.get("/messages", params=about | {"after": "start"}),
        api.get("/messages", params=about, headers={"Accept": "text/event-stream"}),
        api.get(f"/messages/{message['id']}", params={"include": value}),
    ]
    for answer in answers:
        problem = assert_problem(answer, 400, "invalid-parameter", naming="Known are: seq.")
        assert [one["parameter"] for one in problem["errors"]] == ["include"]


def test_include_occurs_once_and_only_where_it_applies(api, talk):
    message = talk.say()
    for path in (f"/messages/{message['id']}?include=seq&include=seq",
                 f"/messages?conversationId={talk.conversation}&include=seq&include=seq",
                 f"/bots/{talk.bot}?include=seq", f"/conversations/{talk.conversation}?include=seq",
                 "/bots?include=seq", f"/conversations?botId={talk.bot}&include=seq"):
        assert_problem(api.get(path), 400, "invalid-parameter", naming="include")
    assert_problem(api.post("/messages", params=SEQ, json=talk.message()), 400, naming="include")


def test_parts_of_a_stream_have_seq(talk, messages):
    first = ask(talk, **SEQ, after="start", limit=2)

    assert first.json() == messages[:2]
    rest = talk.api.get(links(first)["next"])
    assert rest.json() == messages[2:]
    again = ask(talk, LINES["Accept"], **SEQ, after=first.headers["stream-cursor"])
    assert [json.loads(line) for line in again.text.splitlines()] == messages[2:]
    assert ask(talk, after="start").json() == [plain(one) for one in messages]


def test_a_long_poll_has_seq(talk, messages):
    cursor = ask(talk).headers["stream-cursor"]
    next_one = talk.say("4") | {"seq": 4}

    assert ask(talk, **SEQ, after=cursor, wait=30).json() == [next_one]
    assert ask(talk, after=cursor, wait=30).json() == [plain(next_one)]


def test_events_have_seq_on_request_only(talk, messages):
    about = {"conversationId": talk.conversation}
    with following(talk.api, **about, **SEQ) as numbered, following(talk.api, **about) as bare:
        heard, as_before = numbered.take(3), bare.take(3)
        late = talk.say("4") | {"seq": 4}
        heard += numbered.take(1)
        as_before += bare.take(1)

    messages.append(late)
    assert [event.data for event in heard] == messages
    assert [event.data for event in as_before] == [plain(one) for one in messages]
    assert [event.id for event in heard] == [event.id for event in as_before]
    with following(talk.api, last_event_id=heard[1].id, **about, **SEQ) as back:
        assert [event.data for event in back.take(2)] == messages[2:]


def test_events_of_a_bot_have_the_seq_of_each_conversation(api, talk):
    with following(api, botId=talk.bot, **SEQ) as stream:
        talk.say("one")
        api.say(new_id(), talk.bot, new_id(), text="elsewhere")
        talk.say("two")

        assert [(event.data["text"], event.data["seq"]) for event in stream.take(3)] == [
            ("one", 1), ("elsewhere", 1), ("two", 2)]


def test_over_a_socket_seq_is_beside_the_message(server, api, talk):
    async def main():
        talk.say("one")
        async with Socket(server) as socket:
            await socket.subscribe("s", conversationId=talk.conversation, after="start")
            await socket.subscribe("b", botId=talk.bot)
            sent = await socket.ask("send", message=talk.message("two", id=new_id()))
            assert (sent["seq"], "seq" in sent["message"]) == (2, False)
            again = await socket.ask("send", message=sent["message"])
            assert (again["seq"], again["replayed"]) == (2, True)
            elsewhere = talk.message("elsewhere") | {"conversationId": new_id()}
            assert (await socket.ask("send", message=elsewhere))["seq"] == 1

            heard = {"s": [], "b": []}
            while sum(map(len, heard.values())) < 4:
                message = await socket.hear()
                assert "seq" not in message["message"]
                heard[message["subscription"]].append((message["message"]["text"], message["seq"]))
            assert heard == {"s": [("one", 1), ("two", 2)], "b": [("two", 2), ("elsewhere", 1)]}

            refused = await socket.ask("subscribe", conversationId=talk.conversation, include="seq")
            assert refused["type"] == "error"
            assert refused["problem"]["errors"][0]["pointer"] == "/include"
    run(main())


def test_a_list_with_seq_can_not_be_imported(api, talk, messages):
    assert messages
    lines = ask(talk, LINES["Accept"], **SEQ)

    reply = api.post("/messages", content=lines.content, headers=NDJSON)

    reports = [json.loads(line) for line in reply.text.splitlines()]
    assert [one["problem"]["errors"][0]["pointer"] for one in reports] == ["/seq"] * 3
