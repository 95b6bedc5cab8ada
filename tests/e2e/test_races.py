"""Several servers on one database, and many clients at once."""

import json
import threading

from kit.api import NDJSON, Talk, new_id
from kit.wait import Latch, crowd, eventually


def test_all_messages_of_concurrent_writers_are_stored(pair):
    talk, each = Talk(pair[0]), 60

    def write(number):
        api = pair[number % 2]
        reply = []
        for at in range(each):
            answer = api.post("/messages", json=talk.message(f"{number}.{at}"))
            assert answer.status_code == 201, answer.text
            reply.append(answer.json())
        return reply

    messages = [one for reply in crowd(8, write) for one in reply]

    for api in pair:
        listed = api.listed(conversationId=talk.conversation)
        assert len(listed) == 8 * each
        assert {one["id"] for one in listed} == {one["id"] for one in messages}
        stamps = [one["timestamp"] for one in listed]
        assert stamps == sorted(stamps)
        assert api.get(f"/conversations/{talk.conversation}").json()["messageCount"] == 8 * each
        for number in range(8):
            own = [one["text"] for one in listed if one["text"].startswith(f"{number}.")]
            assert own == [f"{number}.{at}" for at in range(each)]


def test_messages_of_one_instant_keep_the_order_in_which_they_were_acknowledged(pair):
    talk, order = Talk(pair[0]), []
    stamp = "2020-01-01T00:00:00Z"
    for at in range(40):
        answer = pair[at % 2].post("/messages", json=talk.message(f"{at}", timestamp=stamp))
        order.append(answer.json())

    assert talk.listed() == order
    assert pair[1].listed(botId=talk.bot) == order


def test_batches_are_never_torn_apart(pair):
    talk, stamp, written = Talk(pair[0]), "2020-01-01T00:00:00Z", Latch(4)

    def read(api):
        while not written.is_open():
            texts = [one["text"] for one in api.listed(conversationId=talk.conversation)]
            assert len(texts) % 5 == 0, "all or nothing"
            for at in range(0, len(texts), 5):
                assert len(set(texts[at:at + 5])) == 1, "a batch stays together"

    def write(api, number):
        try:
            for at in range(30):
                batch = [talk.message(f"{number}.{at}", timestamp=stamp) for _ in range(5)]
                assert api.post("/messages", json=batch).status_code == 201
        finally:
            written.count_down()

    def work(number):
        api = pair[number % 2]
        return write(api, number) if number < 4 else read(api)

    crowd(6, work)
    assert len(talk.listed()) == 600


def test_readers_never_see_a_gap(pair):
    """Messages of one instant: every list is a beginning of every later one."""
    talk, stamp, written = Talk(pair[0]), "2020-01-01T00:00:00Z", Latch(4)

    def read(api):
        seen = []
        while not written.is_open():
            listed = [one["id"] for one in api.listed(conversationId=talk.conversation)]
            assert listed[:len(seen)] == seen, "a message came in before one already seen"
            seen = listed

    def write(api):
        try:
            for _ in range(60):
                answer = api.post("/messages", json=talk.message(timestamp=stamp))
                assert answer.status_code == 201
        finally:
            written.count_down()

    crowd(6, lambda number: (write if number < 4 else read)(pair[number % 2]))
    assert len(talk.listed()) == 240


def test_many_conversations_in_any_order_do_not_block_each_other(pair):
    talks = [Talk(pair[0]) for _ in range(6)]

    def write(number):
        order = talks if number % 4 < 2 else talks[::-1]
        for at in range(15):
            batch = [talk.message(f"{number}.{at}") for talk in order]
            answer = pair[number % 2].post("/messages", json=batch)
            assert answer.status_code == 201, answer.text

    crowd(8, write)

    for talk in talks:
        assert len(talk.listed()) == 120


def test_a_bot_is_registered_once_on_two_servers(pair):
    for _ in range(10):
        bot = new_id()
        answers = crowd(
            4, lambda who, bot=bot: pair[who % 2].post("/bots", json={"id": bot, "name": f"{who}"}))

        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [201, 409, 409, 409]
        (created,) = [answer for answer in answers if answer.status_code == 201]
        assert pair[0].get(f"/bots/{bot}").json() == created.json()


def test_after_a_bot_was_removed_nothing_is_stored_for_it(pair):
    for _ in range(3):
        talk, removed = Talk(pair[0]), threading.Event()

        def work(number, talk=talk, removed=removed):
            api, reply = pair[number % 2], []
            if number == 0:
                try:
                    eventually(lambda: len(talk.listed()) >= 10, "messages arrive")
                    assert pair[1].delete(f"/bots/{talk.bot}").status_code == 204
                finally:
                    removed.set()
                return reply
            late = 0
            while late < 3:
                began_after = removed.is_set()
                answer = api.post("/messages", json=talk.message())
                assert answer.status_code in (201, 422), answer.text
                if answer.status_code == 201:
                    assert not began_after, "stored although the bot was gone before"
                    reply.append(answer.json()["id"])
                late += began_after
            return reply

        acknowledged = [one for reply in crowd(5, work) for one in reply]

        assert sorted(one["id"] for one in talk.listed()) == sorted(acknowledged)


def test_a_bot_can_be_removed_and_revived_while_messages_arrive(pair):
    talk = Talk(pair[0])

    def work(number):
        api = pair[number % 2]
        if number < 2:
            for _ in range(20):
                assert api.delete(f"/bots/{talk.bot}").status_code in (204, 404)
                back = api.post("/bots", json={"id": talk.bot, "name": "Back"})
                assert back.status_code in (201, 409)
            return []
        reply = []
        for _ in range(40):
            answer = api.post("/messages", json=talk.message())
            assert answer.status_code in (201, 422), answer.text
            reply += [answer.json()["id"]] if answer.status_code == 201 else []
        return reply

    acknowledged = [one for reply in crowd(6, work) for one in reply]

    assert sorted(one["id"] for one in talk.listed()) == sorted(acknowledged)


def test_one_of_several_changes_under_a_condition_wins(pair):
    bot = pair[0].new_bot()
    for _ in range(10):
        tag = pair[0].get(f"/bots/{bot}").headers["etag"]
        names = [new_id() for _ in range(6)]
        answers = crowd(6, lambda who, tag=tag, names=names: pair[who % 2].put(
            f"/bots/{bot}", json={"name": names[who]}, headers={"If-Match": tag}))

        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5
        (won,) = [answer for answer in answers if answer.status_code == 200]
        assert pair[1].get(f"/bots/{bot}").json() == won.json()


def test_imports_and_posts_share_a_conversation(pair):
    talk = Talk(pair[0])

    def work(number):
        api = pair[number % 2]
        sent = [talk.message(f"{number}.{at}", id=new_id()) for at in range(200)]
        if number < 3:
            lines = "".join(json.dumps(one) + "\n" for one in sent)
            answer = api.post("/messages", content=lines.encode(), headers=NDJSON)
            assert answer.text.count('"status":201') == 200
        else:
            for at in range(0, 200, 20):
                answer = api.post("/messages", json=sent[at:at + 20])
                assert answer.status_code == 201
        return [one["id"] for one in sent]

    sent = [one for reply in crowd(6, work) for one in reply]

    assert sorted(one["id"] for one in talk.listed()) == sorted(sent)
    assert pair[0].get(f"/conversations/{talk.conversation}").json()["messageCount"] == 1200
