"""POST /messages with a JSON array: all or nothing."""

import pytest

from kit.api import Api, Talk, assert_problem, new_id, pointers


def test_a_batch_is_stored_in_its_order(api, talk):
    sent = [talk.message(f"{number}", inbound=number % 2 == 0) for number in range(50)]

    answer = api.post("/messages", json=sent)

    assert answer.status_code == 201
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    reply = answer.json()
    assert [one["text"] for one in reply] == [one["text"] for one in sent]
    assert len({one["id"] for one in reply}) == 50
    for one, original in zip(reply, sent):
        assert set(one) == {"id", "conversationId", "timestamp", "from", "to", "text"}
        assert original.items() <= one.items()
    assert talk.listed() == reply
    assert [api.get(f"/messages/{one['id']}").json() for one in reply] == reply


def test_a_batch_of_one_is_an_array_too(api, talk):
    answer = api.post("/messages", json=[talk.message()])

    assert (answer.status_code, answer.json()) == (201, talk.listed())


def test_a_thousand_messages_are_a_batch(api, talk):
    sent = [talk.message(f"{number}", id=new_id(), timestamp="2020-01-01T00:00:00Z")
            for number in range(1000)]

    answer = api.post("/messages", json=sent)

    assert (answer.status_code, answer.json()) == (201, sent)
    assert talk.listed() == sent


def test_more_than_a_thousand_are_refused(api, talk):
    answer = api.post("/messages", json=[talk.message(f"{number}") for number in range(1001)])

    assert_problem(answer, 413 if answer.status_code == 413 else 400)
    assert talk.listed() == []


def test_the_size_of_batches_can_be_set(start_server):
    with Api(start_server("--max-batch-size", "3")) as api:
        talk = Talk(api)

        assert api.post("/messages", json=[talk.message()] * 3).status_code == 201
        assert api.post("/messages", json=[talk.message()] * 4).status_code in (400, 413)
        assert len(talk.listed()) == 3


def test_an_empty_batch_is_refused(api):
    assert_problem(api.post("/messages", json=[]), 400)


@pytest.mark.parametrize("body", ["[1]", "[null]", '["x"]', "[[]]", "[true]"])
def test_the_elements_of_a_batch_are_objects(api, body):
    assert_problem(api.send_json("POST", "/messages", body), 400, at="/0")


def test_a_fault_in_a_batch_has_its_pointer_and_nothing_is_stored(api, talk):
    sent = [talk.message(f"{number}") for number in range(6)]
    sent[3]["from"] = "x"

    assert_problem(api.post("/messages", json=sent), 400, "invalid-field", "/3/from")
    assert talk.listed() == []


def test_all_faults_of_a_batch_are_reported_together(api, talk):
    sent = [talk.message(f"{number}") for number in range(5)]
    del sent[0]["text"]
    sent[1]["timestamp"] = "now"
    sent[4] |= {"to": None, "extra": 1}

    at = ["/0/text", "/1/timestamp", "/4/to", "/4/extra"]
    assert_problem(api.post("/messages", json=sent), 400, at=at)
    assert talk.listed() == []


def test_an_unknown_bot_refuses_the_whole_batch(api, talk):
    sent = [talk.message(f"{number}", id=new_id()) for number in range(6)]
    sent[3] |= {"from": new_id(), "to": new_id()}

    problem = assert_problem(api.post("/messages", json=sent), 422, "unknown-bot")

    assert [pointer.split("/")[1] for pointer in pointers(problem)] in (["3"], ["3", "3"]), problem
    assert talk.listed() == []
    assert all(api.get(f"/messages/{one['id']}").status_code == 404 for one in sent)


def test_a_message_to_oneself_refuses_the_whole_batch(api, talk):
    sent = [talk.message("1"), talk.message("2") | {"to": talk.bot}]

    assert_problem(api.post("/messages", json=sent), 422)
    assert talk.listed() == []


def test_a_batch_with_ids_may_be_repeated(api, talk):
    sent = [talk.message(f"{number}", id=new_id()) for number in range(10)]
    first = api.post("/messages", json=sent)

    again = api.post("/messages", json=sent)

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert talk.listed() == first.json()


def test_a_batch_may_repeat_a_part_of_another(api, talk):
    sent = [talk.message(f"{number}", id=new_id(), timestamp="2020-01-01T00:00:00Z")
            for number in range(6)]
    api.post("/messages", json=sent[:3])

    answer = api.post("/messages", json=sent)

    assert (answer.status_code, answer.json()) == (201, sent)
    assert talk.listed() == sent


def test_a_taken_id_refuses_the_whole_batch(api, talk):
    message = talk.say(id=new_id())
    sent = [talk.message("new", id=new_id()), talk.message("other", id=message["id"])]

    assert_problem(api.post("/messages", json=sent), 409)
    assert talk.listed() == [message]


def test_two_contents_of_one_id_refuse_the_whole_batch(api, talk):
    message_id = new_id()
    sent = [talk.message("a", id=message_id), talk.message("b", id=message_id)]

    assert_problem(api.post("/messages", json=sent), 409)
    assert talk.listed() == []


def test_a_batch_may_have_many_conversations_and_bots(api):
    talks = [Talk(api) for _ in range(5)]
    sent = [talks[number % 5].message(f"{number}") for number in range(40)]

    answer = api.post("/messages", json=sent)

    assert answer.status_code == 201
    for number, talk in enumerate(talks):
        assert talk.listed() == answer.json()[number::5]
