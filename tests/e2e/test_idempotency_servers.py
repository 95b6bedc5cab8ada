"""Retries that reach another process: after a restart, or beside the first one."""

import pytest

from kit.api import Api, Talk, new_id
from kit.wait import crowd


def post(api, body, key, path="/messages"):
    return api.post(path, json=body, headers={"Idempotency-Key": key})


def assert_replays(again, first):
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_keys_are_remembered_across_a_restart(start_server, new_database, ending):
    database, key = new_database(), new_id()
    server = start_server(database=database)
    with Api(server) as api:
        talk = Talk(api)
        sent = {
            "one": talk.message(),
            "many": [talk.message("1"), talk.message("2")],
            "own": talk.message(id=new_id()),
        }
        first = {name: post(api, body, f"{key}-{name}") for name, body in sent.items()}
        bot = post(api, {"name": "Aureo"}, f"{key}-bot", "/bots")
        stored = talk.listed()
    getattr(server, ending)()

    with Api(start_server(database=database)) as api:
        for name, body in sent.items():
            assert_replays(post(api, body, f"{key}-{name}"), first[name])
        assert_replays(post(api, {"name": "Aureo"}, f"{key}-bot", "/bots"), bot)
        assert post(api, talk.message("other"), f"{key}-one").status_code == 422
        assert api.listed(conversationId=talk.conversation) == stored


def test_keys_are_shared_between_servers(pair):
    left, right = pair
    talk, key = Talk(left), new_id()

    first = post(left, talk.message(), key)

    assert_replays(post(right, talk.message(), key), first)
    assert post(right, talk.message("Other"), key).status_code == 422
    assert right.listed(conversationId=talk.conversation) == [first.json()]


def test_retries_that_race_on_two_servers_store_one_message(pair):
    talk = Talk(pair[0])

    for number in range(5):
        key, sent = new_id(), talk.message(f"{number}")
        answers = crowd(24, lambda who, key=key, sent=sent: post(pair[who % 2], sent, key))

        assert [answer.status_code for answer in answers] == [201] * 24
        assert len({answer.content for answer in answers}) == 1
        assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
        assert len(talk.listed()) == number + 1


def test_ids_that_race_on_two_servers_store_one_message(pair):
    talk = Talk(pair[0])

    for number in range(5):
        sent = talk.message(f"{number}", id=new_id())
        answers = crowd(16, lambda who, sent=sent: pair[who % 2].post("/messages", json=sent))

        assert [answer.status_code for answer in answers] == [201] * 16
        assert len({answer.content for answer in answers}) == 1
        assert len(talk.listed()) == number + 1


def test_bots_that_race_on_two_servers_are_registered_once(pair):
    for _ in range(5):
        key = new_id()
        answers = crowd(
            16, lambda who, key=key: post(pair[who % 2], {"name": "Aureo"}, key, "/bots"))

        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
    assert len(pair[1].listed("/bots")) == 5
