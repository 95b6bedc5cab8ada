"""GET /messages: which messages, and in which order."""

import pytest

from kit.api import assert_problem, new_id

# Each with the instant it means, as a number that sorts.
STAMPS = [
    ("2020-01-01T00:00:05Z", 5.0), ("2020-01-01T00:00:01Z", 1.0),
    ("2020-01-01T01:00:03+01:00", 3.0), ("2019-12-31T21:00:03-03:00", 3.0),
    ("2020-01-01T00:00:03Z", 3.0), ("2020-01-01T00:00:03.0Z", 3.0),
    ("2020-01-01T00:00:03.000000001Z", 3.1), ("2020-01-01T00:00:02.9999999Z", 2.9),
    ("2020-01-01T05:45:01.000+05:45", 1.0), ("2019-12-31T23:59:59.999999999Z", 0.9),
    ("2020-01-01T00:00:05Z", 5.0), ("2020-01-01T00:00:04Z", 4.0),
]


@pytest.fixture
def messages(talk):
    """Messages in the order of the list."""
    stored = [talk.say(f"{number}", inbound=number % 3 == 0, timestamp=stamp)
              for number, (stamp, _) in enumerate(STAMPS)]
    order = sorted(range(len(STAMPS)), key=lambda number: (STAMPS[number][1], number))
    return [stored[number] for number in order]


def test_messages_are_ordered_by_instant_then_by_arrival(talk, messages):
    assert talk.listed() == messages
    assert talk.listed(order="asc") == messages
    assert talk.listed(order="desc") == messages[::-1]
    assert talk.listed(limit=1000) == messages
    assert talk.listed(limit=1000, order="desc") == messages[::-1]
    assert talk.listed(limit=4) == messages[:4]
    assert talk.listed(limit=4, order="desc") == messages[:-5:-1]


def test_messages_of_one_instant_are_ordered_by_arrival(talk):
    messages = [talk.say(f"{number}", timestamp="2020-01-01T00:00:00Z") for number in range(30)]

    assert talk.listed() == messages
    assert talk.listed(order="desc") == messages[::-1]


def test_an_unknown_conversation_is_empty(api):
    answer = api.get("/messages", params={"conversationId": new_id()})

    assert (answer.status_code, answer.json()) == (200, [])
    assert answer.headers["content-type"].split(";")[0] == "application/json"


@pytest.mark.parametrize("query", ["", "?limit=10", "?order=asc", "?direction=inbound",
                                   f"?from={new_id()}", "?since=2020-01-01T00:00:00Z"])
def test_a_list_needs_a_filter(api, query):
    assert_problem(api.get(f"/messages{query}"), 400, naming="conversationId")


def test_bots_and_clients_have_lists_too(api, talk, messages):
    elsewhere = api.say(new_id(), talk.bot, new_id(), timestamp="2020-01-01T00:00:03.5Z")
    at = 1 + max(number for number, one in enumerate(messages) if "00:00:03" in one["timestamp"])
    everything = messages[:at] + [elsewhere] + messages[at:]

    assert api.listed(botId=talk.bot) == everything
    assert api.listed(botId=talk.bot, order="desc") == everything[::-1]
    assert api.listed(botId=talk.bot, limit=5) == everything[:5]
    assert api.listed(clientId=talk.client) == messages
    assert api.listed(botId=talk.bot, clientId=talk.client) == messages
    assert api.listed(botId=talk.bot, clientId=new_id()) == []
    assert api.listed(botId=talk.bot, conversationId=talk.conversation) == messages
    assert api.listed(clientId=talk.client, conversationId=new_id()) == []
    assert api.listed(botId=new_id()) == api.listed(clientId=new_id()) == []


@pytest.mark.parametrize("since, until, expected", [
    ("2020-01-01T00:00:03Z", None, slice(4, None)),
    ("2020-01-01T02:00:03+02:00", None, slice(4, None)),
    ("2020-01-01T00:00:03.000000001Z", None, slice(8, None)),
    ("2020-01-01T00:00:03.000000002Z", None, slice(9, None)),
    (None, "2020-01-01T00:00:03Z", slice(0, 4)),
    (None, "2020-01-01T00:00:03.000000001Z", slice(0, 8)),
    ("2020-01-01T00:00:03Z", "2020-01-01T00:00:03.000000001Z", slice(4, 8)),
    ("2020-01-01T00:00:01Z", "2020-01-01T00:00:05Z", slice(1, 10)),
    ("2020-01-01T00:00:06Z", None, slice(12, None)),
    (None, "2019-12-31T23:59:59.999999999Z", slice(0, 0)),
    ("1678-01-01T00:00:00Z", "2262-01-01T00:00:00Z", slice(0, None)),
    ("2020-01-01T00:00:03Z", "2020-01-01T00:00:03Z", slice(0, 0)),
])
def test_since_is_inclusive_and_until_is_exclusive(talk, messages, since, until, expected):
    range_of = {name: stamp for name, stamp in (("since", since), ("until", until)) if stamp}

    assert talk.listed(**range_of) == messages[expected]
    assert talk.listed(**range_of, limit=1000) == messages[expected]
    assert talk.listed(**range_of, order="desc") == messages[expected][::-1]


def test_lists_are_filtered_by_sender_recipient_and_direction(talk, messages):
    outbound = [one for one in messages if one["from"] == talk.bot]
    inbound = [one for one in messages if one["to"] == talk.bot]

    assert len(outbound) == 8 and len(inbound) == 4
    assert talk.listed(direction="outbound") == talk.listed(**{"from": talk.bot}) == outbound
    assert talk.listed(direction="inbound") == talk.listed(to=talk.bot) == inbound
    assert talk.listed(**{"from": talk.client}) == talk.listed(to=talk.bot, limit=50) == inbound
    assert talk.listed(**{"from": talk.client, "to": talk.bot.upper()}) == inbound
    assert talk.listed(**{"from": talk.client, "direction": "outbound"}) == []
    assert talk.listed(to=new_id()) == []


def test_filters_combine(api, talk, messages):
    filters = {"since": "2020-01-01T00:00:01Z", "until": "2020-01-01T00:00:05Z", "order": "desc",
               "direction": "outbound", "from": talk.bot, "to": talk.client, "limit": 4}
    expected = [one for one in messages[1:10] if one["from"] == talk.bot][::-1]

    assert len(expected) > 4
    assert talk.listed(**filters) == expected[:4]
    assert talk.listed(**filters, botId=talk.bot, clientId=talk.client) == expected[:4]
    assert api.listed(botId=talk.bot, **filters) == expected[:4]
    pages, _ = api.walk(api.get("/messages", params=filters | {"clientId": talk.client}))
    assert [one for page in pages for one in page] == expected


@pytest.mark.parametrize("name, value", [
    *(("limit", value) for value in ("0", "1001", "abc", "-1", "", "1.0", "1e1", "9" * 30)),
    *((name, value) for name in ("conversationId", "botId", "clientId", "from", "to")
      for value in ("", "x", "36b9f842ee9711e894430242ac120002", "null")),
    *((name, value) for name in ("since", "until")
      for value in ("", "now", "2020-01-01", "2020-01-01T00:00:00", "1577836800")),
    *(("order", value) for value in ("", "up", "ASC", "ascending")),
    *(("direction", value) for value in ("", "in", "INBOUND", "both")),
])
def test_a_bad_value_is_refused_and_named(api, name, value):
    query = {"conversationId": new_id()} | {name: value}

    assert_problem(api.get("/messages", params=query), 400, naming=name)


@pytest.mark.parametrize("name", ["conversationid", "conversation_id", "sort", "offset", "page",
                                  "id", "text", "é"])
def test_unknown_parameters_are_named(api, name):
    query = {"conversationId": new_id(), name: "1"}

    assert_problem(api.get("/messages", params=query), 400, naming=name)


def test_all_bad_parameters_are_reported_together(api):
    answer = api.get("/messages?conversationId=x&limit=0&sort=up&since=now")

    assert_problem(answer, 400, naming=("conversationId", "limit", "sort", "since"))


@pytest.mark.parametrize("name", ["conversationId", "limit", "order", "since", "direction"])
def test_a_repeated_parameter_is_refused(api, name):
    value = {"conversationId": new_id(), "limit": "5", "order": "asc", "direction": "inbound",
             "since": "2020-01-01T00:00:00Z"}
    query = [("conversationId", value["conversationId"]), (name, value[name])]
    query += [] if name == "conversationId" else [(name, value[name])]

    assert_problem(api.get("/messages", params=query), 400, naming=name)
