"""Messages whose id the client chose."""

import pytest

from kit.api import assert_problem, new_id
from kit.wait import crowd

STAMP = "2018-11-16T23:30:52.6917722Z"


def replayed(answer):
    return answer.headers.get("idempotent-replayed") == "true"


def test_the_id_is_honoured(api, talk):
    sent = talk.message(id=new_id(), timestamp=STAMP)

    created = api.post("/messages", json=sent)

    assert (created.status_code, created.json()) == (201, sent)
    assert created.headers["location"].endswith(f"/messages/{sent['id']}")
    assert "idempotent-replayed" not in created.headers
    assert api.get(f"/messages/{sent['id']}").json() == sent


def test_a_repeated_message_gets_the_first_answer(api, talk):
    sent = talk.message(id=new_id(), timestamp=STAMP, metadata={"a": 1})
    first = api.post("/messages", json=sent)

    for _ in range(3):
        again = api.post("/messages", json=sent)
        assert (again.status_code, again.content) == (201, first.content)
        assert replayed(again)
        assert again.headers["location"] == first.headers["location"]
    assert talk.listed() == [sent]


def test_a_retry_without_a_timestamp_gets_the_first_timestamp(api, talk):
    sent = talk.message(id=new_id())
    first = api.post("/messages", json=sent)

    again = api.post("/messages", json=sent)

    assert (again.status_code, again.content) == (201, first.content)
    assert replayed(again)
    assert talk.listed() == [first.json()]


def test_ids_in_upper_case_are_the_same_content(api, talk):
    sent = talk.message(id=new_id(), timestamp=STAMP)
    first = api.post("/messages", json=sent)
    for field in ("id", "conversationId", "from", "to"):
        sent[field] = sent[field].upper()

    again = api.post("/messages", json=sent)

    assert (again.status_code, again.content) == (201, first.content)
    assert replayed(again)


@pytest.mark.parametrize("change", [
    {"text": "Other"}, {"text": "Oi! "}, {"timestamp": "2018-11-16T23:30:52.6917723Z"},
    {"metadata": {"a": 2}}, {"metadata": None}, {"conversationId": "new"}, {"from": "new"},
    {"to": "new"}, {"swap": True},
], ids=str)
def test_other_content_under_the_same_id_is_refused(api, talk, change):
    sent = talk.message(id=new_id(), timestamp=STAMP, metadata={"a": 1})
    first = api.post("/messages", json=sent).json()

    other = sent | {name: new_id() if value == "new" else value for name, value in change.items()}
    if change.get("from"):
        other["from"] = api.new_bot()
    if other.pop("swap", False):
        other["from"], other["to"] = other["to"], other["from"]
    if other["metadata"] is None:
        del other["metadata"]

    assert_problem(api.post("/messages", json=other), 409)
    assert api.get(f"/messages/{sent['id']}").json() == first
    assert talk.listed() == [first]


def test_a_retry_works_after_the_bot_is_gone(api, talk):
    sent = talk.message(id=new_id(), timestamp=STAMP)
    first = api.post("/messages", json=sent)
    api.delete(f"/bots/{talk.bot}")

    again = api.post("/messages", json=sent)

    assert (again.status_code, again.content) == (201, first.content)
    assert replayed(again)


def test_retries_that_race_store_one_message(api, talk):
    sent = talk.message(id=new_id())

    answers = crowd(24, lambda _: api.post("/messages", json=sent))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(not replayed(answer) for answer in answers) == 1
    assert talk.listed() == [answers[0].json()]


def test_one_of_several_contents_that_race_for_an_id_wins(api, talk):
    message_id = new_id()

    answers = crowd(
        16, lambda number: api.post("/messages", json=talk.message(f"{number}", id=message_id)))

    created = [answer for answer in answers if answer.status_code == 201]
    assert len(created) == 1
    for answer in answers:
        if answer is not created[0]:
            assert_problem(answer, 409)
    assert talk.listed() == [created[0].json()]
