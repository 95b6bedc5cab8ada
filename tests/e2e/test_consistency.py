"""Consistency tokens: what a write answers, and what a read does with it."""

import base64
import hashlib
import json

import pytest

from kit import server as program
from kit.api import NDJSON, Api, Talk, assert_problem, new_id
from kit.postgres import Postgres
from kit.wait import eventually

TOKEN = "Consistency-Token"


def get(api, path, token, **more):
    return api.get(path, headers={TOKEN: token} | more)


def written(api):
    """A message, and the token of its answer."""
    talk = Talk(api)
    answer = api.post("/messages", json=talk.message())
    assert answer.status_code == 201
    return answer.json(), answer.headers[TOKEN]


def test_every_successful_write_has_a_token(api):
    bot = new_id()
    sent = {"id": new_id(), "conversationId": new_id(), "from": bot, "to": new_id(), "text": "Oi"}
    hook = {"url": "https://hooks.example/", "events": ["message.outbound"], "enabled": False}
    answers = [
        api.post("/bots", json={"id": bot, "name": "x"}),
        api.patch(f"/bots/{bot}", json={"name": "y"}),
        api.put(f"/bots/{bot}", json={"name": "z"}),
        api.post("/messages", json=sent),
        api.post("/messages", json=sent),
        api.post("/messages", json=[sent | {"id": new_id()} for _ in range(3)]),
        api.put(f"/bots/{bot}/webhooks/one", json=hook),
        api.delete(f"/bots/{bot}/webhooks/one"),
        api.delete(f"/bots/{bot}"),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 201, 201, 201, 201, 204, 204]
    for answer in answers:
        assert get(api, f"/messages/{sent['id']}", answer.headers[TOKEN]).status_code == 200


def test_what_is_no_successful_write_has_none(api):
    talk = Talk(api)
    said = talk.say()
    answers = [
        api.get(f"/messages/{said['id']}"),
        api.post("/messages", json=talk.message() | {"text": ""}),
        api.post("/bots", json={"id": talk.bot, "name": "again"}),
        api.options("/messages"),
        api.get("/healthz"),
    ]
    assert [TOKEN in answer.headers for answer in answers] == [False] * len(answers)


def test_an_import_answers_latest(api):
    talk = Talk(api)
    lines = "\n".join(json.dumps(talk.message(f"{number}")) for number in range(3))
    answer = api.post("/messages", headers=NDJSON, content=lines)
    assert answer.status_code == 200
    assert answer.headers[TOKEN] == "latest"
    listed = get(api, f"/messages?conversationId={talk.conversation}", "latest")
    assert len(listed.json()) == 3


@pytest.mark.parametrize("token", [
    "", "x", "LATEST", "latest, latest", "A" * 34, "*" * 34, "a" * 200])
def test_a_garbled_token_is_400(api, token):
    problem = assert_problem(get(api, "/bots", token), 400, "invalid-header")
    assert problem["errors"][0]["header"] == TOKEN


def test_a_token_that_was_changed_is_400(api):
    message, token = written(api)
    path = f"/messages/{message['id']}"
    content = base64.urlsafe_b64decode(token + "==")
    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 1
        text = base64.urlsafe_b64encode(changed).decode().rstrip("=")
        assert_problem(get(api, path, text), 400, "invalid-header")
    for text in (token[:-1], token + "A", token + "=", f'"{token}"'):
        assert_problem(get(api, path, text), 400, "invalid-header")
    twice = api.get(path, headers=[(TOKEN, token), (TOKEN, token)])
    assert_problem(twice, 400, "invalid-header")


def test_a_token_of_another_store_is_412(api, start_server):
    message, token = written(api)
    with Api(start_server()) as other:
        _, foreign = written(other)
        assert_problem(get(other, "/bots", token), 412, "consistency-token-lost")
    for path in (f"/messages/{message['id']}", "/bots",
                 f"/messages?conversationId={message['conversationId']}",
                 f"/messages?conversationId={message['conversationId']}&after=start",
                 f"/conversations/{message['conversationId']}"):
        assert get(api, path, token).status_code == 200
        problem = assert_problem(get(api, path, foreign), 412, "consistency-token-lost")
        assert "another store" in problem["detail"]


def test_a_token_outlives_its_server(backend, start_server, new_database):
    database = new_database()
    with Api(start_server(database=database)) as api:
        message, token = written(api)
    with Api(start_server(database=database)) as other:
        assert get(other, f"/messages/{message['id']}", token).json() == message
        first, earlier = written(other)
        assert get(other, f"/messages/{first['id']}", earlier).status_code == 200


def changed_token(token, offset=0, timeline=0):
    """A token with another position, as a store that lost commits would have given it."""
    content = bytearray(base64.urlsafe_b64decode(token + "=="))
    for begin, size, more in ((9, 4, timeline), (13, 8, offset)):
        number = int.from_bytes(content[begin:begin + size], "little") + more
        content[begin:begin + size] = number.to_bytes(size, "little")
    content[21:] = hashlib.sha256(content[:21]).digest()[:4]
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def test_a_token_of_the_future_is_412(api):
    _, token = written(api)
    assert changed_token(token) == token
    for ahead in (changed_token(token, offset=1 << 40), changed_token(token, timeline=1)):
        problem = assert_problem(get(api, "/bots", ahead), 412, "consistency-token-lost")
        assert "latest" in problem["detail"]
    assert get(api, "/bots", token).status_code == 200


@pytest.mark.only("postgresql")
def test_a_replay_says_where_the_first_answer_was_stored(backend, pair):
    """Its server has not written the message, and knows of no write yet."""
    left, right = pair
    talk = Talk(left)
    sent = talk.message("once", id=new_id())
    assert left.post("/messages", json=sent).status_code == 201
    again = right.post("/messages", json=sent)
    assert again.headers["idempotent-replayed"] == "true"
    first = base64.urlsafe_b64decode(again.headers[TOKEN] + "==")[13:21]
    assert int.from_bytes(first, "little") > 0
    assert get(left, f"/messages/{sent['id']}", again.headers[TOKEN]).status_code == 200


@pytest.fixture
def failing_over():
    """A primary and its standby."""
    primary = Postgres(wal_level="replica", max_wal_senders=4, hot_standby="on")
    standby = primary.new_standby()
    yield primary, standby
    standby.remove()
    primary.remove()


@pytest.mark.only("postgresql")
@pytest.mark.expects_5xx
def test_a_token_from_before_a_failover_is_good_if_its_write_is_there(
        backend, failing_over, start_server):
    primary, standby = failing_over
    url = primary.new_database()
    name = url.rsplit("/", 1)[1]
    assert program.run("migrate", "--database", url).returncode == 0
    both = f"postgresql://botapi@127.0.0.1:{primary.port},127.0.0.1:{standby.port}/{name}"
    with Api(start_server(database=both)) as api:
        kept, good = written(api)
        reached = primary.sql("SELECT pg_current_wal_lsn()").strip()
        eventually(lambda: standby.sql(f"SELECT pg_last_wal_replay_lsn() >= '{reached}'").strip()
                   == "t", "the standby has it")
        standby.sql("ALTER SYSTEM SET primary_conninfo = ''")
        standby.sql("SELECT pg_reload_conf()")
        eventually(lambda: not standby.sql("SELECT pid FROM pg_stat_wal_receiver").strip(),
                   "the standby receives nothing more")
        lost, bad = written(api)
        primary.kill()
        standby.promote()
        eventually(lambda: api.get(f"/messages/{kept['id']}").status_code == 200,
                   "the new primary is found")

        assert api.get(f"/messages/{lost['id']}").status_code == 404
        assert get(api, f"/messages/{kept['id']}", good).status_code == 200
        after = get(api, f"/messages/{lost['id']}", bad)
        assert "failover" in assert_problem(after, 412, "consistency-token-lost")["detail"]
        _, new = written(api)
        assert get(api, "/bots", new).status_code == 200
    primary.start()
