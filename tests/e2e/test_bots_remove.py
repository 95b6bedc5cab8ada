"""DELETE /bots/:id, the tombstone it leaves, and revival."""

import pytest

from kit.api import assert_problem, new_id


def test_a_removed_bot_is_gone(api):
    bot = api.new_bot()

    removed = api.delete(f"/bots/{bot}")

    assert (removed.status_code, removed.content) == (204, b"")
    assert_problem(api.get(f"/bots/{bot}"), 404)
    assert_problem(api.put(f"/bots/{bot}", json={"name": "x"}), 404)
    assert_problem(api.patch(f"/bots/{bot}", json={"name": "x"}), 404)
    assert_problem(api.delete(f"/bots/{bot}"), 404)


def test_an_unknown_bot_can_not_be_removed(api):
    assert_problem(api.delete(f"/bots/{new_id()}"), 404)


def test_messages_of_a_removed_bot_stay_readable(api, talk):
    messages = [talk.say("to"), talk.say("fro", inbound=True)]
    before = api.get(f"/conversations/{talk.conversation}").json()

    api.delete(f"/bots/{talk.bot}")

    assert talk.listed() == messages
    assert [api.get(f"/messages/{one['id']}").json() for one in messages] == messages
    assert api.listed(botId=talk.bot) == messages
    assert api.listed(clientId=talk.client) == messages
    assert talk.listed(direction="inbound") == messages[1:]
    assert api.get(f"/conversations/{talk.conversation}").json() == before


def test_a_removed_bot_gets_and_sends_no_messages(api, talk):
    api.delete(f"/bots/{talk.bot}")

    assert_problem(api.post("/messages", json=talk.message()), 422, "unknown-bot")
    assert_problem(api.post("/messages", json=talk.message(inbound=True)), 422, "unknown-bot")
    assert talk.listed() == []


def test_a_removed_bot_counts_as_a_client_of_another_bot(api, talk):
    other = api.new_bot()
    api.delete(f"/bots/{talk.bot}")

    api.say(talk.conversation, talk.bot, other)

    assert len(talk.listed(direction="inbound", botId=other)) == 1


@pytest.mark.parametrize("way", ["POST", "PUT"])
def test_registering_the_id_again_revives_the_bot(api, talk, way):
    message = talk.say("before")
    api.delete(f"/bots/{talk.bot}")

    if way == "POST":
        again = api.post("/bots", json={"id": talk.bot, "name": "Again"})
    else:
        again = api.put(f"/bots/{talk.bot}", json={"name": "Again"},
                        headers={"If-None-Match": "*"})

    assert (again.status_code, again.json()) == (201, {"id": talk.bot, "name": "Again"})
    assert again.headers["location"].endswith(f"/bots/{talk.bot}")
    assert api.get(f"/bots/{talk.bot}").json() == again.json()
    assert api.listed(botId=talk.bot) == [message]
    later = talk.say("after", inbound=True)
    assert api.listed(botId=talk.bot) == [message, later]


def test_a_bot_may_come_and_go_many_times(api):
    bot = new_id()

    for number in range(5):
        created = api.post("/bots", json={"id": bot, "name": f"Life {number}"})
        assert (created.status_code, created.json()["name"]) == (201, f"Life {number}")
        assert_problem(api.post("/bots", json={"id": bot, "name": "x"}), 409)
        assert api.delete(f"/bots/{bot}").status_code == 204


def test_a_removed_bot_is_not_listed(fresh):
    stays, goes = fresh.new_bot(), fresh.new_bot()

    fresh.delete(f"/bots/{goes}")

    assert [bot["id"] for bot in fresh.listed("/bots")] == [stays]
