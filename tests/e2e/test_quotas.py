"""Quotas: the number of messages that a key may store."""

import json
import threading

import pytest

from kit.api import NDJSON, Talk, assert_problem
from kit.server import run
from kit.wait import eventually

WRITER = ("messages:read", "messages:write")


def limited(keys, quota):
    made = keys.make(*WRITER, quota=quota)
    return made["id"], keys.client(made["token"])


def stored(keys, key):
    reply = keys.root.get(f"/keys/{key}").json()
    return reply["stored"]


def test_a_quota_is_shown_and_counted(keys):
    talk = Talk(keys.root)
    key, holder = limited(keys, 2)
    reply = keys.root.get(f"/keys/{key}").json()
    assert (reply["quota"], reply["stored"]) == (2, 0)

    assert holder.post("/messages", json=talk.message()).status_code == 201
    assert stored(keys, key) == 1
    assert holder.post("/messages", json=talk.message()).status_code == 201

    refused = holder.post("/messages", json=talk.message())
    assert_problem(refused, 403, "quota-exceeded")
    assert stored(keys, key) == len(talk.listed()) == 2
    assert len(holder.listed(conversationId=talk.conversation)) == 2
    talk.say()


def test_a_key_without_a_quota_is_not_counted(keys):
    made = keys.make(*WRITER)

    assert "quota" not in made and "stored" not in made


@pytest.mark.parametrize("quota", [0, -1, 1.5, "5", None, 10 ** 15 + 1, 2 ** 70, True])
def test_a_faulty_quota_is_refused(keys, quota):
    answer = keys.root.post("/keys", json={"name": "x", "scopes": ["admin"], "quota": quota})

    assert_problem(answer, 400, at="/quota")


def test_an_array_is_stored_whole_or_not_at_all(keys):
    talk = Talk(keys.root)
    key, holder = limited(keys, 3)
    two = [talk.message("1"), talk.message("2")]

    assert holder.post("/messages", json=two).status_code == 201
    assert_problem(holder.post("/messages", json=two), 403, "quota-exceeded")
    assert holder.post("/messages", json=two[:1]).status_code == 201
    assert stored(keys, key) == len(talk.listed()) == 3


def test_each_line_of_an_import_counts_by_itself(keys):
    talk = Talk(keys.root)
    key, holder = limited(keys, 5)
    lines = "".join(json.dumps(talk.message(str(number))) + "\n" for number in range(8))

    answer = holder.post("/messages", content=lines, headers=NDJSON).text.splitlines()

    reports = [json.loads(line) for line in answer]
    assert sorted(one["status"] for one in reports) == [201] * 5 + [403] * 3
    assert {one["problem"]["type"] for one in reports if one["status"] == 403} == {
        "/problems/quota-exceeded"}
    assert stored(keys, key) == len(talk.listed()) == 5


def test_a_retry_costs_nothing(keys):
    talk = Talk(keys.root)
    key, holder = limited(keys, 2)
    named = talk.message("named", id="0a8b9a0e-6f1c-4b3e-9c58-0d2f3e4a5b6c")
    once = {"Idempotency-Key": "once"}

    for _ in range(3):
        assert holder.post("/messages", json=named).status_code == 201
        assert holder.post("/messages", json=talk.message(), headers=once).status_code == 201
    assert stored(keys, key) == 2
    assert_problem(holder.post("/messages", json=talk.message()), 403)


def test_a_refused_message_costs_no_quota(keys):
    talk = Talk(keys.root)
    key, holder = limited(keys, 1)

    assert_problem(holder.post("/messages", json=talk.message() | {"from": talk.conversation}), 422)
    assert_problem(holder.post("/messages", json=talk.message(text=" ")), 400)

    assert stored(keys, key) == 0
    assert holder.post("/messages", json=talk.message()).status_code == 201


def test_tokens_use_up_the_quota_of_their_key(keys):
    talk = Talk(keys.root)
    key, holder = limited(keys, 1)
    user = keys.seated(holder, talk.conversation, talk.client)

    assert user.post("/messages", json=talk.message(inbound=True)).status_code == 201
    assert_problem(user.post("/messages", json=talk.message(inbound=True)), 403, "quota-exceeded")
    assert_problem(holder.post("/messages", json=talk.message()), 403, "quota-exceeded")
    assert stored(keys, key) == 1


def test_a_quota_is_exact_across_servers(keys, start_server):
    talk = Talk(keys.root)
    quota = 60
    made = keys.make(*WRITER, quota=quota)
    other = start_server(database=keys.server.database)
    clients = [keys.client(made["token"], server) for server in (keys.server, other) * 2]
    eventually(lambda: clients[1].get(f"/messages?conversationId={talk.conversation}"
                                      ).status_code == 200, "the key is known there", 2)
    answers = []

    def write(client):
        for _ in range(25):
            answers.append(client.post("/messages", json=talk.message()).status_code)

    threads = [threading.Thread(target=write, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.count(201) == quota and answers.count(403) == 100 - quota
    assert stored(keys, made["id"]) == len(talk.listed()) == quota


def test_the_command_line_sets_a_quota(keys):
    talk = Talk(keys.root)
    made = run("keys", "create", "--database", keys.server.database, "--name", "x",
               "--scope", "messages:write", "--quota", "1")
    holder = keys.client(made.stdout.strip())

    eventually(lambda: holder.post("/messages", json=talk.message()).status_code == 201, "it counts")
    assert_problem(holder.post("/messages", json=talk.message()), 403, "quota-exceeded")
    wrong = run("keys", "create", "--database", keys.server.database, "--name", "x",
                "--scope", "messages:write", "--quota", "0")
    assert wrong.returncode == 1 and "--quota must" in wrong.stderr
