"""GET /conversations and GET /conversations/:id."""

import pytest

from kit.api import Talk, assert_problem, links, new_id


def get(api, conversation):
    answer = api.get(f"/conversations/{conversation}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_conversation_is_summarised(api, talk):
    first = talk.say("first", timestamp="2020-01-01T00:00:00.10Z")
    last = talk.say("last", inbound=True, timestamp="2020-01-01T01:00:01+01:00", metadata={"a": 1})

    assert get(api, talk.conversation) == {
        "id": talk.conversation,
        "participants": [{"botId": talk.bot, "clientId": talk.client}],
        "messageCount": 2,
        "firstTimestamp": first["timestamp"],
        "lastTimestamp": last["timestamp"],
        "lastMessage": last,
    }
    assert get(api, talk.conversation.upper()) == get(api, talk.conversation)


def test_first_and_last_are_those_of_the_list(api, talk):
    messages = [talk.say(f"{second}", timestamp=f"2020-01-01T00:00:{second:02}Z")
            for second in (5, 9, 1, 7, 9, 1)]

    reply = get(api, talk.conversation)

    listed = talk.listed()
    assert listed[-1] == messages[4], "of equal instants the later arrival is the last"
    assert reply["messageCount"] == 6
    assert reply["firstTimestamp"] == listed[0]["timestamp"]
    assert reply["lastTimestamp"] == listed[-1]["timestamp"]
    assert reply["lastMessage"] == listed[-1]


def test_timestamps_of_a_conversation_keep_their_form(api, talk):
    talk.say(timestamp="2020-01-01T00:00:00.1200000-03:00")
    talk.say(timestamp="2020-01-01t09:00:00.5+05:45")

    reply = get(api, talk.conversation)

    assert reply["firstTimestamp"] == "2020-01-01T00:00:00.1200000-03:00"
    assert reply["lastTimestamp"] == "2020-01-01t09:00:00.5+05:45"


def test_the_count_is_right_after_every_kind_of_write(api, talk):
    talk.say()
    api.post("/messages", json=[talk.message(f"{number}") for number in range(4)])
    sent = talk.message(id=new_id())
    for _ in range(3):
        api.post("/messages", json=sent)
    api.post("/messages", json=talk.message(""))

    assert get(api, talk.conversation)["messageCount"] == 6 == len(talk.listed())


def test_all_senders_and_recipients_are_participants(api):
    conversation, bots, clients = new_id(), [api.new_bot(), api.new_bot()], [new_id(), new_id()]
    pairs = [(bots[0], clients[0]), (bots[0], clients[1]), (bots[1], clients[0]),
             (bots[0], bots[1])]
    for bot, client in pairs:
        api.say(conversation, bot, client)
    api.say(conversation, clients[0], bots[0])

    reply = get(api, conversation)["participants"]

    assert sorted((pair["botId"], pair["clientId"]) for pair in reply) == sorted(pairs)
    assert all(set(pair) == {"botId", "clientId"} for pair in reply)


def test_an_unknown_conversation_is_not_found(api):
    assert_problem(api.get(f"/conversations/{new_id()}"), 404)


@pytest.mark.parametrize("bad", ["1", "x" * 36, "36b9f842ee9711e894430242ac120002"])
def test_a_malformed_id_is_refused(api, bad):
    assert_problem(api.get(f"/conversations/{bad}"), 400)


@pytest.fixture
def crowded(api):
    """A bot and a client with many conversations: those of both, the bot's, the client's."""
    both = Talk(api)
    other_bot = api.new_bot()
    shared, bots, clients = [new_id() for _ in range(9)], [], []
    for conversation in shared:
        api.say(conversation, both.bot, both.client)
        api.say(conversation, both.client, both.bot)
    for _ in range(4):
        bots.append(api.say(new_id(), both.bot, new_id())["conversationId"])
        clients.append(api.say(new_id(), both.client, other_bot)["conversationId"])
    # Both speak here, but not with each other.
    apart = api.say(new_id(), both.bot, new_id())["conversationId"]
    api.say(apart, both.client, other_bot)
    return both, {
        "botId": sorted(shared + bots + [apart]),
        "clientId": sorted(shared + clients + [apart]),
        "both": sorted(shared),
    }


def test_conversations_are_listed_by_bot_and_by_client(api, crowded):
    talk, expected = crowded

    by_bot = api.listed("/conversations", botId=talk.bot)
    by_client = api.listed("/conversations", clientId=talk.client.upper())
    by_both = api.listed("/conversations", botId=talk.bot, clientId=talk.client)

    assert [one["id"] for one in by_bot] == expected["botId"]
    assert [one["id"] for one in by_client] == expected["clientId"]
    assert [one["id"] for one in by_both] == expected["both"]
    assert by_bot == [get(api, conversation) for conversation in expected["botId"]]


@pytest.mark.parametrize("limit", [1, 3, 13, 14, 1000])
def test_conversations_are_listed_page_by_page(api, crowded, limit):
    talk, expected = crowded
    for query, ids in (({"botId": talk.bot}, expected["botId"]),
                       ({"clientId": talk.client}, expected["clientId"]),
                       ({"botId": talk.bot, "clientId": talk.client}, expected["both"])):
        first = api.get("/conversations", params=query | {"limit": limit})
        pages, last = api.walk(first)

        assert [one["id"] for page in pages for one in page] == ids
        assert len(pages) == -(-len(ids) // limit)
        assert "prev" not in links(first)
        back, _ = api.walk(last, "prev")
        assert [one["id"] for page in reversed(back) for one in page] == ids
        if len(pages) > 1:
            assert api.get(links(last)["first"]).json() == first.json()


def test_a_list_needs_a_filter(api):
    for query in ("", "?limit=5"):
        problem = assert_problem(api.get(f"/conversations{query}"), 400)
        assert "botId" in str(problem) and "clientId" in str(problem)


def test_an_unknown_bot_or_client_has_no_conversations(api):
    assert api.listed("/conversations", botId=new_id()) == []
    assert api.listed("/conversations", clientId=new_id()) == []


@pytest.mark.parametrize("name, value", [
    ("botId", "x"), ("botId", ""), ("clientId", "1"), ("limit", "0"), ("limit", "1001"),
    ("limit", "abc"), ("order", "desc"), ("conversationId", new_id()), ("since", "now"), ("q", "1"),
])
def test_bad_parameters_are_named(api, name, value):
    query = {"botId": new_id()} | {name: value}

    assert_problem(api.get("/conversations", params=query), 400, naming=name)


def test_a_repeated_parameter_is_refused(api):
    query = [("botId", new_id()), ("botId", new_id())]

    assert_problem(api.get("/conversations", params=query), 400, naming="botId")


def test_a_cursor_fits_its_own_list_only(api, crowded):
    talk, _ = crowded
    answer = api.get("/conversations", params={"botId": talk.bot, "limit": 2})
    following = links(answer)["next"]

    assert api.get(following).status_code == 200
    assert_problem(api.get(following.replace(talk.bot, new_id())), 400)
    assert_problem(api.get(following.replace("botId", "clientId")), 400)
