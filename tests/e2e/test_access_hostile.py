"""A holder of a key or token tries to learn messages of others."""

import json
import random

import pytest

from kit.api import NDJSON, assert_problem, links, message, new_id, place_in
from kit.keys import Keys

WRITER = ("messages:read", "messages:write")
SECRET = "the recipe of the house"


class House:
    """A victim with a bot, and two attackers: a key for another bot, and a token of that key."""

    def __init__(self, server):
        self.keys = Keys(server)
        root = self.keys.root
        self.bot, self.own_bot = root.new_bot(SECRET), root.new_bot("own")
        self.client, self.own_client = new_id(), new_id()
        self.talk, self.own_talk, self.shared = new_id(), new_id(), new_id()
        self.victim = self.keys.holder("bots:read", *WRITER, bots=[self.bot])
        self.key = self.keys.holder("bots:read", "bots:write", *WRITER, bots=[self.own_bot])
        self.token = self.keys.seated(self.key, self.shared, self.own_client)
        self.said = [self.victim.say(talk, *ends, text=f"{SECRET} {number}")
                     for number, talk in enumerate([self.talk, self.talk, self.shared, self.shared])
                     for ends in [(self.bot, self.client), (self.client, self.bot)]]
        self.own = self.key.say(self.shared, self.own_bot, self.own_client, text="own")

    def attackers(self):
        return (self.key, self.token)


@pytest.fixture(name="house")
def _house(start_server):
    made = House(start_server())
    yield made
    made.keys.close()


def reply(answer):
    headers = {name: value for name, value in answer.headers.items()
               if name not in ("date", "x-request-id", "content-length")}
    if "stream-cursor" in headers:  # The cursors of two streams differ, their positions don't.
        headers["stream-cursor"] = place_in(headers["stream-cursor"])
    return str(headers) + answer.text


def assert_nothing_leaks(house, answer, given=()):
    text = reply(answer)
    assert SECRET not in text
    ids = {one["id"] for one in house.said} | {house.bot, house.client, house.talk}
    for one in ids - set(given):
        assert one not in text, answer.request.url


READS = ["/messages/{message}", "/messages/{message}?include=seq",
         "/messages?conversationId={talk}", "/conversations/{talk}",
         "/messages?conversationId={shared}", "/conversations/{shared}", "/bots/{bot}", "/bots",
         "/messages?botId={bot}", "/messages?clientId={client}", "/conversations?botId={bot}",
         "/conversations?clientId={client}", "/conversations?botId={bot}&clientId={client}",
         "/messages?conversationId={talk}&botId={bot}&clientId={client}",
         "/messages?conversationId={shared}&from={client}", "/keys", "/metrics"]
PAGED = ["", "&limit=1", "&limit=1000", "&include=seq", "&order=desc", "&direction=inbound",
         "&since=2000-01-01T00:00:00Z", "&until=2100-01-01T00:00:00Z&limit=2"]


@pytest.mark.parametrize("read", READS)
def test_no_read_leaks_messages_of_others(house, read):
    ids = {"message": house.said[0]["id"], "talk": house.talk, "shared": house.shared,
           "bot": house.bot, "client": house.client}
    nothing = {name: new_id() for name in ids} | {"shared": house.shared}
    tags = [house.victim.get(read.format(**ids)).headers.get("etag", '"0"'), "*"]
    for path in [read + more for more in (PAGED if "messages?" in read else [""])]:
        for attacker in house.attackers():
            for accept in ("application/json", "application/x-ndjson"):
                hidden = attacker.get(path.format(**ids), headers={"Accept": accept})
                absent = attacker.get(path.format(**nothing), headers={"Accept": accept})
                assert_nothing_leaks(house, hidden, ids.values())
                as_absent = reply(hidden)
                for name, one in ids.items():
                    as_absent = as_absent.replace(one, nothing[name])
                assert hidden.status_code == absent.status_code and as_absent == reply(absent)
            for tag in tags:
                hidden = attacker.get(path.format(**ids), headers={"If-None-Match": tag})
                absent = attacker.get(path.format(**nothing), headers={"If-None-Match": tag})
                assert hidden.status_code == absent.status_code


def test_a_cursor_of_others_shows_no_hidden_messages(house):
    first = house.victim.get(f"/messages?conversationId={house.shared}&limit=1")
    path = links(first)["next"].removeprefix(house.key.server.url)

    for attacker in house.attackers():
        answer = attacker.get(path)
        assert_nothing_leaks(house, answer, [house.shared])
        assert answer.json() in ([], [house.own])


def test_no_count_changes_with_hidden_messages(house):
    paths = [f"/conversations/{house.shared}", f"/messages?conversationId={house.shared}"]
    before = {(attacker, path): reply(attacker.get(path))
              for attacker in house.attackers() for path in paths}

    house.victim.say(house.shared, house.bot, house.client, text=SECRET)

    for (attacker, path), answer in before.items():
        assert reply(attacker.get(path)) == answer


def test_a_retry_of_another_callers_message_leaks_nothing(house):
    """A client that knows a message's id can't verify a guess of its content."""
    for message in house.said:
        right = {**message}
        timeless = {name: value for name, value in message.items() if name != "timestamp"}
        wrong = {**message, "text": "a guess"}
        for attacker in house.attackers():
            answers = [attacker.post("/messages", json=body) for body in (right, timeless, wrong)]
            assert len({answer.status_code for answer in answers}) == 1
            assert len({answer.text for answer in answers}) == 1
            assert answers[0].status_code in (403, 409)
            assert "idempotent-replayed" not in answers[0].headers
            lines = "".join(json.dumps(body) + "\n" for body in (right, timeless, wrong))
            reports = [json.loads(line) for line in
                       attacker.post("/messages", content=lines, headers=NDJSON).text.splitlines()]
            assert len({str({**one, "line": 0}) for one in reports}) == 1
    assert len(house.keys.root.listed(conversationId=house.talk)) == 4


def test_an_idempotency_key_of_others_can_be_used(house):
    once = {"Idempotency-Key": "the-same"}
    house.victim.post("/messages", json=message(house.talk, house.bot, house.client), headers=once)
    for attacker in house.attackers():
        body = message(house.shared, house.own_client, house.own_bot, text="mine")
        answer = attacker.post("/messages", json=body, headers=once)
        assert answer.status_code == 201 and "idempotent-replayed" not in answer.headers


def test_no_caller_writes_into_hidden_conversations_of_others(house):
    bodies = [message(house.talk, house.bot, house.client, text="forged"),
              message(house.talk, house.client, house.bot, text="forged"),
              message(house.shared, house.bot, house.own_client, text="forged")]
    for attacker in house.attackers():
        for body in [*bodies, bodies]:
            assert attacker.post("/messages", json=body).status_code in (403, 422)
        for method in ("PUT", "PATCH", "DELETE"):
            body = None if method == "DELETE" else {"name": "forged"}
            assert_problem(attacker.request(method, f"/bots/{house.bot}", json=body),
                           404 if attacker is house.key else 403)
    assert "forged" not in str(house.victim.listed(botId=house.bot))


def test_random_hostile_requests_leak_nothing(house):
    """300 requests that mix what belongs to whom, from one seed."""
    chance = random.Random(4)
    ids = [house.talk, house.shared, house.own_talk, house.bot, house.own_bot, house.client,
           house.own_client, *(one["id"] for one in house.said), house.own["id"], new_id()]
    names = ["conversationId", "botId", "clientId", "from", "to", "limit", "order", "direction"]
    values = {"limit": ["1", "2", "1000"], "order": ["asc", "desc"],
              "direction": ["inbound", "outbound"]}
    for _ in range(300):
        attacker = chance.choice(house.attackers())
        path = chance.choice(["/messages", "/messages", "/conversations", "/bots"])
        if chance.random() < 0.3:
            one = chance.choice(ids)
            answer = attacker.get(f"{path}/{one}")
            assert_nothing_leaks(house, answer, [one])
            continue
        wanted = {name: chance.choice(values.get(name, ids))
                  for name in chance.sample(names, chance.randint(1, 4))}
        answer = attacker.get(path, params=wanted)
        assert_nothing_leaks(house, answer, wanted.values())
