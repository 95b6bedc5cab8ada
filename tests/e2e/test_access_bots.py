"""A key that is limited to some bots sees nothing else."""

import json

import pytest

from kit.api import NDJSON, assert_problem, message, new_id, place_in
from kit.keys import Keys

ALL = ("bots:read", "bots:write", "messages:read", "messages:write")


class Tenants:
    """Two bots with a key each, and what the administrator knows."""

    def __init__(self, server):
        self.keys = Keys(server)
        self.root = self.keys.root
        self.mine, self.theirs = self.root.new_bot("mine"), self.root.new_bot("theirs")
        self.me = self.keys.holder(*ALL, bots=[self.mine])
        self.them = self.keys.holder(*ALL, bots=[self.theirs])
        self.user = new_id()


@pytest.fixture(name="tenants")
def _tenants(start_server):
    made = Tenants(start_server())
    yield made
    made.keys.close()


def same(first, second, *ids):
    """Whether two answers differ in nothing but the ids that were asked for."""

    def reply(answer):
        headers = {name: value for name, value in answer.headers.items()
                   if name not in ("date", "x-request-id")}
        if "stream-cursor" in headers:
            headers["stream-cursor"] = place_in(headers["stream-cursor"])
        text = answer.text
        for one in ids:
            text = text.replace(one, "?")
        return answer.status_code, headers, text

    return reply(first) == reply(second)


def test_a_hidden_bot_is_not_found(tenants):
    nobody = new_id()
    for method, body in [("GET", None), ("PUT", {"name": "x"}), ("PATCH", {"name": "x"}),
                         ("DELETE", None)]:
        hidden = tenants.me.request(method, f"/bots/{tenants.theirs}", json=body)
        absent = tenants.me.request(method, f"/bots/{nobody}", json=body)
        assert_problem(hidden, 404)
        assert same(hidden, absent, tenants.theirs, nobody), method
    assert tenants.root.get(f"/bots/{tenants.theirs}").json()["name"] == "theirs"


def test_a_visible_bot_can_be_changed(tenants):
    assert tenants.me.get(f"/bots/{tenants.mine}").json()["name"] == "mine"
    assert tenants.me.put(f"/bots/{tenants.mine}", json={"name": "changed"}).status_code == 200
    assert tenants.me.delete(f"/bots/{tenants.mine}").status_code == 204
    assert tenants.me.get("/bots").json() == []
    revived = tenants.me.post("/bots", json={"id": tenants.mine, "name": "again"})
    assert revived.status_code == 201


def test_a_list_of_bots_has_the_visible_ones(tenants):
    assert [bot["id"] for bot in tenants.me.get("/bots").json()] == [tenants.mine]
    others = [tenants.root.new_bot(f"{number}") for number in range(5)]
    many = tenants.keys.holder("bots:read", bots=[*others, new_id()])

    pages, _ = many.walk(many.get("/bots?limit=2"))

    assert [[bot["id"] for bot in page] for page in pages] == [
        sorted(others)[:2], sorted(others)[2:4], sorted(others)[4:]]


def test_a_limited_key_can_not_create_other_bots(tenants):
    nobody = new_id()
    for body in ({"id": tenants.theirs, "name": "x"}, {"id": nobody, "name": "x"}, {"name": "x"}):
        assert_problem(tenants.me.post("/bots", json=body), 403)
    for one in (tenants.theirs, nobody):
        refused = tenants.me.put(f"/bots/{one}", json={"name": "x"},
                                 headers={"If-None-Match": "*"})
        assert_problem(refused, 403)
    assert len(tenants.root.get("/bots").json()) == 2


def test_a_message_of_a_hidden_bot_is_not_found(tenants):
    message = tenants.them.say(new_id(), tenants.theirs, tenants.user)
    nothing = new_id()

    hidden = tenants.me.get(f"/messages/{message['id']}")
    absent = tenants.me.get(f"/messages/{nothing}")

    assert_problem(hidden, 404)
    assert same(hidden, absent, message["id"], nothing)
    assert tenants.them.get(f"/messages/{message['id']}").json() == message


@pytest.mark.parametrize("path", [
    "/messages?conversationId={}", "/messages?conversationId={}&limit=5",
    "/messages?conversationId={}&order=desc", "/conversations/{}",
])
def test_a_conversation_of_a_hidden_bot_is_not_found(tenants, path):
    conversation, nothing = new_id(), new_id()
    tenants.them.say(conversation, tenants.theirs, tenants.user)

    hidden = tenants.me.get(path.format(conversation))
    absent = tenants.me.get(path.format(nothing))

    assert same(hidden, absent, conversation, nothing)
    assert tenants.them.get(path.format(conversation)).text != "[]"


@pytest.mark.parametrize("path", ["/messages", "/conversations"])
def test_lists_of_bots_and_clients_have_visible_messages_only(tenants, path):
    own, other = new_id(), new_id()
    tenants.me.say(own, tenants.mine, tenants.user, text="mine")
    tenants.them.say(other, tenants.theirs, tenants.user, text="theirs")

    assert tenants.me.listed(path, botId=tenants.theirs) == []
    assert len(tenants.me.listed(path, botId=tenants.mine)) == 1
    assert own in str(tenants.me.listed(path, clientId=tenants.user))
    assert other not in str(tenants.me.listed(path, clientId=tenants.user))
    assert len(tenants.root.listed(path, clientId=tenants.user)) == 2


def test_each_key_sees_its_own_part_of_a_shared_conversation(tenants):
    shared = new_id()
    mine = [tenants.me.say(shared, tenants.mine, tenants.user, text="1"),
            tenants.me.say(shared, tenants.user, tenants.mine, text="2")]
    theirs = [tenants.them.say(shared, tenants.theirs, tenants.user, text="3")]

    assert tenants.me.listed(conversationId=shared) == mine
    assert tenants.them.listed(conversationId=shared) == theirs
    assert len(tenants.root.listed(conversationId=shared)) == 3
    reply = tenants.them.get(f"/conversations/{shared}").json()
    assert "2" not in [message["text"] for message in (reply["lastMessage"],)]
    assert tenants.mine not in json.dumps(reply)


def test_a_tag_does_not_change_with_hidden_messages(tenants):
    shared = new_id()
    tenants.me.say(shared, tenants.mine, tenants.user)
    paths = [f"/messages?conversationId={shared}", f"/conversations/{shared}",
             f"/messages?clientId={tenants.user}", f"/messages?botId={tenants.mine}"]
    before = [tenants.me.get(path).headers["etag"] for path in paths]

    tenants.them.say(shared, tenants.theirs, tenants.user)

    for path, tag in zip(paths, before):
        assert tenants.me.get(path, headers={"If-None-Match": tag}).status_code == 304, path
    tenants.me.say(shared, tenants.mine, tenants.user)
    for path, tag in zip(paths, before):
        assert tenants.me.get(path, headers={"If-None-Match": tag}).status_code == 200, path


def test_a_tag_of_one_key_does_not_match_for_another(tenants):
    shared = new_id()
    tenants.me.say(shared, tenants.mine, tenants.user, text="mine")
    tenants.them.say(shared, tenants.theirs, tenants.user, text="theirs")
    path = f"/messages?conversationId={shared}"

    tag = tenants.me.get(path).headers["etag"]

    reply = tenants.them.get(path, headers={"If-None-Match": tag})
    assert [one["text"] for one in reply.json()] == ["theirs"]


def test_a_cached_page_is_not_shown_to_other_keys(tenants):
    shared = new_id()
    tenants.me.say(shared, tenants.mine, tenants.user, text="mine")
    tenants.them.say(shared, tenants.theirs, tenants.user, text="theirs")
    path = f"/messages?conversationId={shared}"

    for _ in range(3):
        assert len(tenants.root.get(path).json()) == 2
        assert len(tenants.me.get(path).json()) == 1


def test_a_limited_key_can_not_send_as_another_bot(tenants):
    conversation, nobody = new_id(), new_id()
    for sender, recipient in ((tenants.theirs, tenants.user), (tenants.user, tenants.theirs)):
        refused = tenants.me.post("/messages", json=message(conversation, sender, recipient))
        absent = tenants.me.post("/messages", json=message(
            conversation, *(nobody if end == tenants.theirs else end
                            for end in (sender, recipient))))
        assert_problem(refused, 422, "unknown-bot")
        assert same(refused, absent)
    assert tenants.root.listed(conversationId=conversation) == []


def test_a_hidden_bot_counts_as_a_client(tenants):
    conversation = new_id()

    answer = tenants.me.post("/messages", json=message(conversation, tenants.theirs, tenants.mine))

    assert answer.status_code == 201
    assert tenants.me.listed(conversationId=conversation) == [answer.json()]
    assert tenants.me.listed(conversationId=conversation, direction="inbound") == [answer.json()]
    assert tenants.them.listed(conversationId=conversation) == []


def test_arrays_and_imports_know_the_same_limits(tenants):
    conversation = new_id()
    mine = message(conversation, tenants.mine, tenants.user)
    theirs = message(conversation, tenants.theirs, tenants.user)

    assert_problem(tenants.me.post("/messages", json=[mine, theirs]), 422)
    lines = "\n".join(json.dumps(one) for one in (mine, theirs)) + "\n"
    report = tenants.me.post("/messages", content=lines, headers=NDJSON).text.splitlines()

    assert [json.loads(line)["status"] for line in report] == [201, 422]
    assert len(tenants.root.listed(conversationId=conversation)) == 1


@pytest.mark.parametrize("path", ["/messages", "/bots"])
def test_an_idempotency_key_belongs_to_its_caller(tenants, path):
    def ask(client, bot):
        body = ({"id": bot, "name": "again"} if path == "/bots"
                else message(new_id(), bot, tenants.user))
        return client.post(path, json=body, headers={"Idempotency-Key": "the-same"})

    if path == "/bots":
        tenants.me.delete(f"/bots/{tenants.mine}")
        tenants.them.delete(f"/bots/{tenants.theirs}")

    assert ask(tenants.me, tenants.mine).status_code == 201
    answer = ask(tenants.them, tenants.theirs)
    assert answer.status_code == 201
    assert "idempotent-replayed" not in answer.headers
