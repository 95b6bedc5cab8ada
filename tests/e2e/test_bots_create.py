"""POST /bots."""

import time
import uuid

import pytest

from kit.api import UUID, assert_problem, new_id
from kit.wait import crowd


def test_the_example_of_the_statement(api):
    aureo = {"id": "36b9f842-ee97-11e8-9443-0242ac120002", "name": "Aureo"}

    created = api.post("/bots", json=aureo)

    assert created.status_code == 201
    assert created.json() == aureo
    assert created.headers["content-type"].split(";")[0] == "application/json"
    got = api.get("/bots/36b9f842-ee97-11e8-9443-0242ac120002")
    assert (got.status_code, got.json()) == (200, aureo)


def test_location_leads_to_the_bot(api):
    bot = {"id": new_id(), "name": "Aureo"}

    created = api.post("/bots", json=bot)

    assert created.headers["location"].endswith(f"/bots/{bot['id']}")
    assert api.get(created.headers["location"]).json() == bot


@pytest.mark.parametrize("name", ["Aureo", "Another"])
def test_an_id_can_be_registered_once(api, name):
    bot = api.new_bot("Aureo")

    again = api.post("/bots", json={"id": bot, "name": name})

    assert_problem(again, 409)
    assert api.get(f"/bots/{bot}").json() == {"id": bot, "name": "Aureo"}


def test_without_id_the_server_makes_a_uuid_of_version_7(api):
    before = int(time.time() * 1000)
    made = [api.post("/bots", json={"name": "Aureo"}) for _ in range(3)]
    after = int(time.time() * 1000)

    ids = [answer.json()["id"] for answer in made]
    assert [answer.status_code for answer in made] == [201] * 3
    assert len(set(ids)) == 3
    for text, answer in zip(ids, made):
        assert UUID.fullmatch(text)
        parsed = uuid.UUID(text)
        assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
        assert before - 1000 <= parsed.int >> 80 <= after + 1000
        assert answer.headers["location"].endswith(f"/bots/{text}")
        assert api.get(f"/bots/{text}").json() == {"id": text, "name": "Aureo"}


def test_an_upper_case_id_is_answered_in_lower_case(api):
    bot = new_id()

    created = api.post("/bots", json={"id": bot.upper(), "name": "Aureo"})

    assert (created.status_code, created.json()["id"]) == (201, bot)
    assert created.headers["location"].endswith(f"/bots/{bot}")
    assert_problem(api.post("/bots", json={"id": bot, "name": "Aureo"}), 409)


@pytest.mark.parametrize("bad", [
    "", " ", "1", "36b9f842ee9711e894430242ac120002", "{36b9f842-ee97-11e8-9443-0242ac120002}",
    "urn:uuid:36b9f842-ee97-11e8-9443-0242ac120002", "36b9f842-ee97-11e8-9443-0242ac12000",
    "36b9f842-ee97-11e8-9443-0242ac1200022", "g6b9f842-ee97-11e8-9443-0242ac120002",
    " 36b9f842-ee97-11e8-9443-0242ac120002", "36b9f842-ee97-11e8-9443-0242ac120002\n",
    "36b9f842_ee97_11e8_9443_0242ac120002", "36b9f84-2ee97-11e8-9443-0242ac1200020",
    "３６b9f842-ee97-11e8-9443-0242ac120002", "36b9f842-ee97-11e8-9443-0242ac120002\x00",
    None, 7, True, [], {}, ["36b9f842-ee97-11e8-9443-0242ac120002"],
])
def test_a_malformed_id_is_refused(api, bad):
    assert_problem(api.post("/bots", json={"id": bad, "name": "Aureo"}), 400, at="/id")


@pytest.mark.parametrize("name", [
    "A", "x" * 255, "é" * 255, "\U0001f916" * 255, "e\u0301" * 127, "  Aureo\t", "Aureo\n2",
    "'; DROP TABLE bots; --", "\"quoted\"", "back\\slash", "{a,b}", ":name $1 ? %s", "null",
    "\U0001f469\u200d\U0001f4bb", "\u202eoeruA", "\ufdd0\uffff\U0010ffff", "\x01\x1f\x7f", "\u200b",
], ids=ascii)
def test_a_name_comes_back_as_it_was_sent(api, name):
    bot = {"id": new_id(), "name": name}

    created = api.post("/bots", json=bot)

    assert (created.status_code, created.json()) == (201, bot)
    assert api.get(f"/bots/{bot['id']}").json() == bot


@pytest.mark.parametrize("name", [
    "", " ", "\t\r\n", "\u00a0", "\u3000\u2003", "x" * 256, "\U0001f916" * 256, "a\x00b", "\x00",
    None, 1, 1.5, False, [], {}, ["Aureo"],
], ids=ascii)
def test_a_bad_name_is_refused(api, name):
    bot = new_id()

    assert_problem(api.post("/bots", json={"id": bot, "name": name}), 400, "invalid-field", "/name")
    assert_problem(api.get(f"/bots/{bot}"), 404)


def test_a_missing_name_is_refused(api):
    assert_problem(api.post("/bots", json={"id": new_id()}), 400, "invalid-field", "/name")


def test_all_faults_are_reported_together(api):
    answer = api.post("/bots", json={"id": "x", "name": 3, "colour": "red", "size": 1})

    assert_problem(answer, 400, at=["/id", "/name", "/colour", "/size"])


def test_unknown_fields_are_named(api):
    bot = new_id()

    answer = api.post("/bots", json={"id": bot, "name": "Aureo", "Name": "Aureo"})

    assert_problem(answer, 400, at="/Name")
    assert_problem(api.get(f"/bots/{bot}"), 404)


def test_a_query_parameter_is_refused(api):
    answer = api.post("/bots?dryRun=true", json={"id": new_id(), "name": "Aureo"})

    assert_problem(answer, 400, naming="dryRun")


def test_one_of_many_concurrent_registrations_succeeds(api):
    bot = new_id()

    answers = crowd(16, lambda number: api.post("/bots", json={"id": bot, "name": f"n{number}"}))

    created = [answer for answer in answers if answer.status_code == 201]
    assert len(created) == 1
    assert [answer.status_code for answer in answers].count(409) == 15
    assert api.get(f"/bots/{bot}").json() == created[0].json()
