"""POST /messages and GET /messages/:id: one message."""

import json
import re
import time
import uuid
from datetime import datetime, timedelta, timezone

import pytest

from kit.api import UUID, assert_problem, message, new_id

EXAMPLE = (
    '{"conversationId":"7665ada8-3448-4acd-a1b7-d688e68fe9a1",'
    '"timestamp":"2018-11-16T23:30:52.6917722Z","from":"36b9f842-ee97-11e8-9443-0242ac120002",'
    '"to":"16edd3b3-3f75-40df-af07-2a3813a79ce9","text":"Oi! Como posso te ajudar?"}')


def test_the_example_of_the_statement(fresh):
    fresh.post("/bots", json={"id": "36b9f842-ee97-11e8-9443-0242ac120002", "name": "Aureo"})

    created = fresh.send_json("POST", "/messages", EXAMPLE)

    assert created.status_code == 201
    reply = created.json()
    assert UUID.fullmatch(reply.pop("id"))
    assert reply == json.loads(EXAMPLE)
    assert b'"2018-11-16T23:30:52.6917722Z"' in created.content
    got = fresh.get(f"/messages/{created.json()['id']}")
    assert (got.status_code, got.json()) == (200, created.json())
    assert fresh.listed(conversationId="7665ada8-3448-4acd-a1b7-d688e68fe9a1") == [created.json()]


def test_location_leads_to_the_message(api, talk):
    created = api.post("/messages", json=talk.message())

    assert created.headers["location"].endswith(f"/messages/{created.json()['id']}")
    assert created.headers["content-type"].split(";")[0] == "application/json"
    assert api.get(created.headers["location"]).json() == created.json()


def test_without_a_timestamp_the_server_sets_the_time(talk):
    before = datetime.now(timezone.utc)
    stamp = talk.say()["timestamp"]
    after = datetime.now(timezone.utc)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", stamp)
    reply = datetime.fromisoformat(stamp[:26] + "+00:00")
    assert before - timedelta(seconds=1) <= reply <= after + timedelta(seconds=1)


def test_without_id_the_server_makes_a_uuid_of_version_7(talk):
    before = int(time.time() * 1000)
    made = [uuid.UUID(talk.say()["id"]) for _ in range(5)]
    after = int(time.time() * 1000)

    assert len(set(made)) == 5
    for one in made:
        assert (one.version, one.variant) == (7, uuid.RFC_4122)
        assert before - 1000 <= one.int >> 80 <= after + 1000


def test_upper_case_ids_are_answered_in_lower_case(api, talk):
    message_id = new_id()
    sent = talk.message(id=message_id.upper(), timestamp="2018-11-16T23:30:52Z")
    for field in ("conversationId", "from", "to"):
        sent[field] = sent[field].upper()

    created = api.post("/messages", json=sent)

    expected = talk.message(id=message_id, timestamp="2018-11-16T23:30:52Z")
    assert (created.status_code, created.json()) == (201, expected)
    assert api.get(f"/messages/{message_id.upper()}").json() == expected
    assert api.listed(conversationId=talk.conversation.upper()) == [expected]


def test_either_end_may_be_the_bot(api, talk):
    outbound, inbound = talk.say("hello"), talk.say("hi", inbound=True)

    assert (outbound["from"], outbound["to"]) == (talk.bot, talk.client)
    assert (inbound["from"], inbound["to"]) == (talk.client, talk.bot)
    assert talk.listed(direction="outbound") == [outbound]
    assert talk.listed(direction="inbound") == [inbound]


def test_without_a_bot_nothing_is_stored(api):
    conversation, message_id = new_id(), new_id()

    answer = api.post("/messages", json=message(conversation, new_id(), new_id(), id=message_id))

    assert_problem(answer, 422, "unknown-bot")
    assert_problem(api.get(f"/messages/{message_id}"), 404)
    assert api.listed(conversationId=conversation) == []
    assert_problem(api.get(f"/conversations/{conversation}"), 404)


def test_between_two_bots_the_sender_is_the_bot(api):
    sender, recipient, conversation = api.new_bot(), api.new_bot(), new_id()

    message = api.say(conversation, sender, recipient)

    assert (message["from"], message["to"]) == (sender, recipient)
    assert api.listed(conversationId=conversation, direction="outbound") == [message]
    assert api.listed(conversationId=conversation, direction="inbound") == []
    assert api.listed(botId=sender) == [message]
    assert api.listed(botId=recipient) == []
    assert api.listed(clientId=recipient) == [message]


def test_one_conversation_may_have_many_bots_and_clients(api):
    conversation, bots, clients = new_id(), [api.new_bot(), api.new_bot()], [new_id(), new_id()]

    messages = [api.say(conversation, bot, client) for bot in bots for client in clients]

    assert api.listed(conversationId=conversation) == messages


@pytest.mark.parametrize("registered", [True, False])
def test_a_message_to_oneself_is_refused(api, talk, registered):
    who = talk.bot if registered else new_id()

    assert_problem(api.post("/messages", json=message(talk.conversation, who, who)), 422)
    upper = message(talk.conversation, who, who.upper())
    assert_problem(api.post("/messages", json=upper), 422)
    assert talk.listed() == []


def test_an_unknown_message_is_not_found(api):
    assert_problem(api.get(f"/messages/{new_id()}"), 404)


@pytest.mark.parametrize("bad", ["1", "null", "36b9f842ee9711e894430242ac120002", "%00", "a'b"])
def test_a_malformed_id_in_the_path_is_refused(api, bad):
    assert_problem(api.get(f"/messages/{bad}"), 400)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_message_is_never_changed(api, talk, method):
    message = talk.say()

    answer = api.request(method, f"/messages/{message['id']}", json=talk.message("changed"))

    assert_problem(answer, 405)
    allowed = {word.strip() for word in answer.headers["allow"].split(",")}
    assert {"GET", "HEAD"} <= allowed
    assert not allowed & {"PUT", "PATCH", "DELETE", "POST"}
    assert api.get(f"/messages/{message['id']}").json() == message


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_the_messages_are_never_changed(api, method):
    answer = api.request(method, "/messages")

    assert_problem(answer, 405)
    allowed = {word.strip() for word in answer.headers["allow"].split(",")}
    assert {"GET", "HEAD", "POST"} <= allowed


def test_query_parameters_are_refused(api, talk):
    assert_problem(api.post("/messages?dryRun=1", json=talk.message()), 400, naming="dryRun")
    message = talk.say()
    assert_problem(api.get(f"/messages/{message['id']}?fields=text"), 400, naming="fields")
    assert talk.listed() == [message]
