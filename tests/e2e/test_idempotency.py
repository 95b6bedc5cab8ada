"""Idempotency-Key: a retry gets the first answer, and never looks like a failure."""

import json

import pytest

from kit.api import assert_problem, new_id
from kit.raw import Raw
from kit.wait import crowd


def replayed(answer):
    return answer.headers.get("idempotent-replayed") == "true"


def post(api, body, key, path="/messages"):
    return api.post(path, json=body, headers={"Idempotency-Key": key})


@pytest.fixture
def key():
    return f"key-{new_id()}"


def test_the_same_request_again_gets_the_first_answer(api, talk, key):
    first = post(api, talk.message(), key)

    assert first.status_code == 201
    assert "idempotent-replayed" not in first.headers
    for _ in range(4):
        again = post(api, talk.message(), key)
        assert (again.status_code, again.content) == (201, first.content)
        assert replayed(again)
        assert again.headers["location"] == first.headers["location"]
    assert talk.listed() == [first.json()]
    assert api.get(f"/messages/{first.json()['id']}").json() == first.json()


def test_without_a_key_the_same_request_is_another_message(api, talk):
    first, second = talk.say(), talk.say()

    assert first["id"] != second["id"]
    assert talk.listed() == [first, second]


def test_another_key_is_another_request(api, talk, key):
    first, second = post(api, talk.message(), key), post(api, talk.message(), key + "2")

    assert (first.status_code, second.status_code) == (201, 201)
    assert not replayed(second)
    assert talk.listed() == [first.json(), second.json()]


@pytest.mark.parametrize("change", [
    {"text": "Other"}, {"conversationId": "new"}, {"to": "new"}, {"metadata": {}},
    {"timestamp": "2018-11-16T23:30:52Z"}, {"id": "new"},
], ids=str)
def test_another_body_under_the_same_key_is_refused(api, talk, key, change):
    first = post(api, talk.message(), key)
    other = talk.message() | {
        name: new_id() if value == "new" else value for name, value in change.items()}

    assert_problem(post(api, other, key), 422)
    assert talk.listed() == [first.json()]
    assert api.listed(conversationId=other["conversationId"]) in ([], [first.json()])
    assert post(api, talk.message(), key).content == first.content


def test_a_failure_does_not_use_up_the_key(api, talk, key):
    late = new_id()
    sent = talk.message() | {"from": late}
    assert_problem(post(api, sent, key), 422, "unknown-bot")
    api.post("/bots", json={"id": late, "name": "Late"})

    created = post(api, sent, key)

    assert created.status_code == 201
    assert not replayed(created)
    assert post(api, sent, key).content == created.content


def test_a_retry_works_after_the_bot_is_gone(api, talk, key):
    first = post(api, talk.message(), key)
    api.delete(f"/bots/{talk.bot}")

    again = post(api, talk.message(), key)

    assert (again.status_code, again.content) == (201, first.content)
    assert replayed(again)


def test_fifty_retries_that_race_store_one_message(api, talk, key):
    answers = crowd(50, lambda _: post(api, talk.message(), key))

    assert [answer.status_code for answer in answers] == [201] * 50
    assert len({answer.content for answer in answers}) == 1
    assert sum(not replayed(answer) for answer in answers) == 1
    assert talk.listed() == [answers[0].json()]


def test_one_of_several_bodies_that_race_for_a_key_wins(api, talk, key):
    answers = crowd(20, lambda number: post(api, talk.message(f"text {number % 4}"), key))

    won = {answer.content for answer in answers if answer.status_code == 201}
    assert len(won) == 1
    stored = talk.listed()
    assert [json.loads(body) for body in won] == stored
    for number, answer in enumerate(answers):
        if f"text {number % 4}" == stored[0]["text"]:
            assert answer.status_code == 201, "a retry looked like a failure"
        else:
            assert_problem(answer, 422)


def test_a_key_may_come_with_an_id(api, talk, key):
    sent = talk.message(id=new_id())

    first, again = post(api, sent, key), post(api, sent, key)

    assert first.json()["id"] == sent["id"]
    assert (again.status_code, again.content) == (201, first.content)
    assert replayed(again)
    assert_problem(post(api, sent | {"id": new_id()}, key), 422)
    assert talk.listed() == [first.json()]


def test_an_idempotency_key_does_not_override_a_taken_id(api, talk, key):
    message = talk.say(id=new_id())

    assert_problem(post(api, talk.message("Other", id=message["id"]), key), 409)
    assert talk.listed() == [message]


def test_a_key_covers_a_whole_array(api, talk, key):
    sent = [talk.message(f"{number}") for number in range(20)]

    first, again = post(api, sent, key), post(api, sent, key)

    assert first.status_code == 201
    assert (again.status_code, again.content) == (201, first.content)
    assert replayed(again) and not replayed(first)
    assert_problem(post(api, sent[:-1], key), 422)
    assert_problem(post(api, sent[::-1], key), 422)
    assert_problem(post(api, sent[0], key), 422)
    assert talk.listed() == first.json()


def test_arrays_that_race_are_stored_once(api, talk, key):
    sent = [talk.message(f"{number}") for number in range(50)]

    answers = crowd(12, lambda _: post(api, sent, key))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert talk.listed() == answers[0].json()


def test_a_key_covers_a_bot(api, key):
    first, again = post(api, {"name": "A"}, key, "/bots"), post(api, {"name": "A"}, key, "/bots")

    assert first.status_code == 201
    assert (again.status_code, again.content) == (201, first.content)
    assert replayed(again) and not replayed(first)
    assert again.headers["location"] == first.headers["location"]
    assert_problem(post(api, {"name": "B"}, key, "/bots"), 422)


def test_a_key_covers_a_bot_with_an_id(api, key):
    bot = {"id": new_id(), "name": "Aureo"}

    first, again = post(api, bot, key, "/bots"), post(api, bot, key, "/bots")

    assert (again.status_code, again.content) == (201, first.content)
    assert replayed(again)
    assert_problem(api.post("/bots", json=bot), 409)


def test_bots_that_race_are_registered_once(api, key):
    answers = crowd(30, lambda _: post(api, {"name": "Aureo"}, key, "/bots"))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(not replayed(answer) for answer in answers) == 1


def test_the_first_answer_for_a_bot_stays_after_it_changed(api, key):
    first = post(api, {"name": "Before"}, key, "/bots")
    path = f"/bots/{first.json()['id']}"

    api.put(path, json={"name": "After"})
    changed = post(api, {"name": "Before"}, key, "/bots")
    assert api.get(path).json()["name"] == "After"
    api.delete(path)
    removed = post(api, {"name": "Before"}, key, "/bots")

    for again in (changed, removed):
        assert (again.status_code, again.content) == (201, first.content)
        assert replayed(again)
    assert_problem(api.get(path), 404)


@pytest.mark.parametrize("good", [
    "a", "x" * 255, '"8e03978e-40d5-43e8-bc93-6894a57f9324"', 
    "8e03978e-40d5-43e8-bc93-6894a57f9324", "a b", "a,b;c=d", "~!@#$%^&*()", '"with \\" escape"',
])
def test_keys_may_be_bare_or_quoted(api, talk, good):
    good = good if len(good) == 255 else good.replace("a", new_id()[:8], 1)
    first, again = post(api, talk.message(), good), post(api, talk.message(), good)

    assert first.status_code == 201, first.text
    assert replayed(again) and again.content == first.content


@pytest.mark.parametrize("bad", [
    b"", b"  ", b"x" * 2000, b"caf\xe9", b"\xc3\xa9", b"a\x01b", b"a\x7f",
], ids=lambda bad: ascii(bad[:10]))
def test_a_malformed_key_is_refused(server, talk, bad):
    body = json.dumps(talk.message()).encode()
    with Raw(server) as raw:
        raw.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
                 f"Content-Length: {len(body)}\r\nIdempotency-Key: ", bad, "\r\n\r\n", body)
        assert_problem(raw.answer(), 400)
    assert talk.listed() == []


def test_two_keys_are_refused(server, talk):
    body = json.dumps(talk.message()).encode()
    with Raw(server) as raw:
        raw.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
                 f"Content-Length: {len(body)}\r\nIdempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n",
                 body)
        assert_problem(raw.answer(), 400)
    assert talk.listed() == []
