"""Keys, their scopes, and how they end."""

import hashlib
import json
import os
import threading
from datetime import datetime, timedelta, timezone

import httpx
import pytest

from kit.api import NDJSON, Api, Talk, assert_problem, new_id
from kit.keys import Keys
from kit.server import run
from kit.wait import eventually

SCOPES = ["bots:read", "bots:write", "messages:read", "messages:write", "admin"]


def requests_of(talk):
    """A request for each scope."""
    return {
        "bots:read": ("GET", f"/bots/{talk.bot}", None),
        "bots:write": ("PUT", f"/bots/{talk.bot}", {"name": "x"}),
        "messages:read": ("GET", f"/messages?conversationId={talk.conversation}", None),
        "messages:write": ("POST", "/messages", talk.message()),
        "admin": ("GET", "/metrics", None),
    }


def test_without_a_key_a_server_is_open(start_server):
    with Api(start_server()) as api:
        assert api.get("/bots").status_code == 200
        assert api.get("/keys").json() == []


def test_the_first_key_closes_a_server(start_server):
    with Api(start_server()) as api:
        made = api.post("/keys", json={"name": "first", "scopes": ["admin"]})
        assert made.status_code == 201
        assert_problem(api.get("/bots"), 401)
        api.headers["Authorization"] = f"Bearer {made.json()['token']}"
        assert api.get("/bots").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/docs", "/problems"])
def test_public_routes_need_no_key(keys, path):
    assert keys.client().get(path).status_code == 200


def test_each_scope_allows_its_own_and_nothing_else(keys):
    talk = Talk(keys.root)
    for scope in SCOPES:
        holder = keys.holder(scope)
        for needed, (method, path, body) in requests_of(talk).items():
            answer = holder.request(method, path, json=body)
            if scope in (needed, "admin"):
                assert answer.status_code in (200, 201), (scope, needed, answer.text)
            else:
                assert_problem(answer, 403)
                assert f'scope="{needed}"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("header", [
    None, "", "Bearer", "Bearer x", "Basic eDp5", "bk_0", "Bearer bk_" + "0" * 105,
    "Token {}", "{}", "Bearer {}0", "Bearer  {}", "Bearer {} ,x",
])
def test_a_malformed_key_is_refused_with_401(keys, header):
    token = keys.make("admin")["token"]
    with keys.client() as stranger:
        if header is not None:
            stranger.headers["Authorization"] = header.format(token)
        answer = stranger.get("/bots")

    assert_problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith('Bearer realm="botapi"')


def test_a_wrong_secret_is_refused(keys):
    mine, other = keys.make("admin"), keys.make("admin")
    mixed = other["token"][:36] + mine["token"][36:]

    assert_problem(keys.client(mixed).get("/bots"), 401)


def test_the_scheme_is_written_in_any_case(keys):
    client = keys.client()
    client.headers["Authorization"] = f"bEARER {keys.make('bots:read')['token']}"

    assert client.get("/bots").status_code == 200


def test_a_request_without_a_key_changes_nothing(keys):
    talk = Talk(keys.root)
    stranger = keys.client()

    for method, path, body in requests_of(talk).values():
        assert_problem(stranger.request(method, path, json=body), 401)
    assert keys.root.get(f"/bots/{talk.bot}").json()["name"] != "x"
    assert talk.listed() == []


def test_a_key_shows_its_token_once(keys):
    made = keys.make("bots:read", name="support desk")

    reply = keys.root.get(f"/keys/{made['id']}").json()
    listed = keys.root.get("/keys").json()
    assert reply == {name: made[name] for name in ("id", "name", "scopes", "createdAt")}
    assert reply in listed
    assert all("token" not in one and "hash" not in str(one) for one in listed)


@pytest.mark.parametrize("body, pointers", [
    ({}, ["/name", "/scopes"]),
    ({"name": "x", "scopes": []}, ["/scopes"]),
    ({"name": "x", "scopes": "admin"}, ["/scopes"]),
    ({"name": "x", "scopes": ["bots:read", "bots", 7]}, ["/scopes/2"]),
    ({"name": "x", "scopes": ["bots"], "bots": ["y"]}, ["/scopes/0", "/bots/0"]),
    ({"name": "x", "scopes": ["admin"], "bots": [new_id()]}, ["/bots"]),
    ({"name": "x", "scopes": ["admin"], "expiresAt": "2020-01-01T00:00:00Z"}, ["/expiresAt"]),
    ({"name": "x", "scopes": ["admin"], "more": 1}, ["/more"]),
])
def test_a_faulty_key_is_refused(keys, body, pointers):
    answer = keys.root.post("/keys", json=body)

    assert_problem(answer, 400)
    assert [one["pointer"] for one in answer.json()["errors"]] == pointers


def test_a_key_can_be_revoked(keys):
    made = keys.make("bots:read")
    holder = keys.client(made["token"])
    assert holder.get("/bots").status_code == 200

    assert keys.root.delete(f"/keys/{made['id']}").status_code == 204

    assert_problem(holder.get("/bots"), 401)
    assert "revokedAt" in keys.root.get(f"/keys/{made['id']}").json()
    assert keys.root.delete(f"/keys/{made['id']}").status_code == 204
    assert_problem(keys.root.delete(f"/keys/{new_id()}"), 404)
    assert_problem(keys.root.delete("/keys/x"), 400)


def test_all_keys_created_before_a_time_can_be_revoked(keys):
    old = keys.holder("bots:read")
    young = keys.make("admin")
    survivor = keys.client(young["token"])

    answer = survivor.delete("/keys", params={"issuedBefore": young["createdAt"]})

    assert answer.json()["revoked"] == 2  # The root's own as well.
    assert_problem(old.get("/bots"), 401)
    assert_problem(keys.root.get("/bots"), 401)
    assert survivor.get("/bots").status_code == 200
    assert_problem(survivor.delete("/keys"), 400)


def test_a_key_expires(keys):
    end = datetime.now(timezone.utc) + timedelta(seconds=3)
    holder = keys.holder("bots:read", expiresAt=end.isoformat())
    assert holder.get("/bots").status_code == 200

    eventually(lambda: holder.get("/bots").status_code == 401, "it has ended")
    assert datetime.now(timezone.utc) >= end


def test_the_last_use_of_a_key_is_shown(keys):
    made = keys.make("bots:read")
    assert "lastUsedAt" not in keys.root.get(f"/keys/{made['id']}").json()

    keys.client(made["token"]).get("/bots")

    reply = eventually(
        lambda: keys.root.get(f"/keys/{made['id']}").json().get("lastUsedAt"), "it is told")
    since = datetime.now(timezone.utc) - datetime.fromisoformat(reply.replace("Z", "+00:00"))
    assert timedelta(0) <= since < timedelta(minutes=2)


def test_two_keys_are_valid_at_the_same_time(keys):
    first, second = keys.holder("bots:read"), keys.holder("bots:read")

    assert first.get("/bots").status_code == second.get("/bots").status_code == 200


def test_a_change_of_keys_reaches_another_server_within_a_second(keys, start_server):
    other = start_server(database=keys.server.database)
    made = keys.make("bots:read")
    with Api(other) as there:
        there.headers["Authorization"] = f"Bearer {made['token']}"
        eventually(lambda: there.get("/bots").status_code == 200, "the key is known there", 1)
        keys.root.delete(f"/keys/{made['id']}")
        eventually(lambda: there.get("/bots").status_code == 401, "it is revoked there", 1)


def test_a_change_of_keys_reaches_another_server_within_a_second_under_load(keys, start_server):
    other = start_server(database=keys.server.database)
    here, there = Talk(keys.root), keys.client(keys.make("admin")["token"], other)
    is_over = threading.Event()

    def write(api):
        while not is_over.is_set():
            batch = [here.message() for _ in range(200)]
            assert api.post("/messages", json=batch).status_code in (201, 503)

    eventually(lambda: there.get("/bots").status_code == 200, "the writer's key is known there", 1)
    writers = [threading.Thread(target=write, args=(api,)) for api in (keys.root, there)]
    with keys.client() as administrator, keys.client(server=other) as holder:
        administrator.headers["Authorization"] = keys.root.headers["Authorization"]
        for thread in writers:
            thread.start()
        try:
            for _ in range(4):
                body = {"name": "a key", "scopes": ["bots:read"]}
                made = administrator.post("/keys", json=body).json()
                holder.headers["Authorization"] = f"Bearer {made['token']}"
                eventually(lambda: holder.get("/bots").status_code == 200, "it is known there", 1)
                administrator.delete(f"/keys/{made['id']}")
                eventually(lambda: holder.get("/bots").status_code == 401, "it is revoked there", 1)
        finally:
            is_over.set()
            for thread in writers:
                thread.join()


def test_guessing_is_slowed_down(keys):
    guesser = keys.client("bk_wrong")

    answers = [guesser.get("/bots") for _ in range(40)]

    assert [answer.status_code for answer in answers[:20]] == [401] * 20
    assert_problem(answers[-1], 429)
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_each_key_has_a_rate_limit(start_server):
    keys = Keys(start_server("--max-key-rate", "5"))
    holder, other = keys.holder("bots:read"), keys.holder("bots:read")

    answers = [holder.get("/bots") for _ in range(30)]

    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    assert answers[0].headers["ratelimit-policy"] == '"requests";q=10;w=2'
    assert answers[0].headers["ratelimit"].startswith('"requests";r=9')
    assert_problem(answers[-1], 429)
    assert other.get("/bots").status_code == 200
    keys.close()


def test_each_address_has_a_rate_limit(start_server):
    with Api(start_server("--max-client-rate", "5")) as api:
        answers = [api.get("/bots").status_code for _ in range(30)]
        assert answers[:10] == [200] * 10 and answers[-1] == 429
        assert api.get("/healthz").status_code == 429


def test_changes_and_admins_leave_an_audit_record(keys):
    made = keys.make("bots:write")
    bot = keys.client(made["token"]).post("/bots", json={"name": "audited"}).json()

    def record():
        return [event for event in keys.server.events() if event["event"] == "audit"
                and event.get("key") == made["id"]]

    eventually(record, "the record is written")
    [written] = record()
    assert (written["method"], written["path"], written["status"]) == ("POST", "/bots", 201)
    assert written["remote"] == "127.0.0.1" and written["request_id"]
    assert written["about"] == f"/bots/{bot['id']}" and "audited" not in str(written)
    assert made["token"] not in keys.server.text()


def test_the_command_line_lists_and_revokes(keys):
    made = keys.make("bots:read", name="to be listed")
    holder = keys.client(made["token"])

    listed = run("keys", "list", "--database", keys.server.database)
    assert "to be listed" in listed.stdout and made["token"] not in listed.stdout
    assert run("keys", "revoke", "--id", made["id"], "--database",
               keys.server.database).returncode == 0

    eventually(lambda: holder.get("/bots").status_code == 401, "the key is revoked", 1)

    young = keys.make("bots:read")
    assert run("keys", "revoke", "--issued-before", young["createdAt"], "--database",
               keys.server.database).returncode == 0

    eventually(lambda: keys.root.get("/bots").status_code == 401, "the old ones are revoked", 1)
    assert keys.client(young["token"]).get("/bots").status_code == 200


@pytest.mark.parametrize("arguments, words", [
    (["create"], "--name is required"), (["create", "--name", "x", "--scope", "y"], "--scope must"),
    (["revoke"], "--issued-before"), (["revoke", "--id", "x"], "UUID"), (["revoke", "--id", new_id()],
                                                                         "No key"),
    (["revoke", "--issued-before", "x"], "--issued-before"),
])
def test_the_command_line_reports_errors(new_database, arguments, words):
    answer = run("keys", *arguments, "--database", new_database())

    assert answer.returncode == 1
    assert words in answer.stderr.splitlines()[-1]


def test_on_an_open_address_a_key_is_needed_to_start(new_database):
    refused = run("serve", "--listen", "0.0.0.0:0", "--database", new_database(), timeout=20)

    assert refused.returncode == 1
    assert "--insecure-open" in refused.stderr


def test_keys_can_be_made_at_the_same_time(keys):
    made = []
    threads = [threading.Thread(target=lambda: made.append(keys.make("bots:read")))
               for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({one["id"] for one in made}) == 8
    assert {one["id"] for one in made} <= {one["id"] for one in keys.root.get("/keys").json()}


def test_the_settings_of_a_start_are_recorded_without_secrets(start_server):
    server = start_server("--max-key-rate", "7")

    [written] = [event for event in server.events() if event.get("about") == "configuration"]
    assert written["event"] == "audit" and written["max-key-rate"] == "7"
    assert written["database"] == "(not shown)"


def test_the_command_line_leaves_an_audit_record(new_database):
    database = new_database()
    made = run("keys", "create", "--database", database, "--name", "a name", "--scope", "admin",
               "--log-format", "json")

    [written] = [json.loads(line) for line in made.stderr.splitlines() if '"audit"' in line]
    assert (written["command"], written["user"]) == ("keys create", os.getuid())
    assert written["about"].startswith("/keys/")
    assert "a name" not in made.stderr and made.stdout.strip() not in made.stderr


def test_guessing_does_not_lock_out_others_at_the_same_address(keys):
    holder, guesser = keys.holder("bots:read"), keys.client("bk_wrong")

    assert {guesser.get("/bots").status_code for _ in range(60)} == {401, 429}

    assert holder.get("/bots").status_code == 200


def test_guessing_the_secret_of_one_key_is_slowed_down_even_if_it_is_right(keys):
    made = keys.make("bots:read")
    tokens = Token(made["token"][:36])
    guesser, owner, other = keys.client(), keys.client(made["token"]), keys.holder("bots:read")

    def guess(number):
        guesser.headers["Authorization"] = f"Bearer {tokens.with_secret(number)}"
        return guesser.get("/bots").status_code

    assert {guess(number) for number in range(20)} == {401}
    eventually(lambda: guess(20) == 429 and owner.get("/bots").status_code == 429,
               "neither a wrong nor the right secret is looked at")
    assert other.get("/bots").status_code == 200


class Token:
    """Tokens of one key that are well-formed, and wrong."""

    def __init__(self, beginning):
        self.beginning = beginning

    def with_secret(self, number):
        text = f"{self.beginning}{number:064x}"
        parts = b"".join(len(part).to_bytes(8, "big") + part for part in (b"token", text.encode()))
        return text + hashlib.sha256(parts).hexdigest()[:8]


def test_an_answer_is_cut_off_when_its_key_ends(keys):
    """A list that is under way, and an import, are cut off when their key is revoked."""
    talk = Talk(keys.root)
    made = keys.make("messages:read", "messages:write")
    importer = keys.client(made["token"])
    line = (json.dumps(talk.message()) + "\n").encode()

    def lines():
        yield line
        keys.root.delete(f"/keys/{made['id']}")
        eventually(lambda: importer_is_out(keys, made), "the key has ended")
        for _ in range(50):
            yield line

    with pytest.raises(httpx.TransportError):
        importer.post("/messages", content=lines(),
                      headers=NDJSON)

    assert len(talk.listed()) <= 2


def importer_is_out(keys, made):
    return keys.client(made["token"]).get("/messages/" + new_id()).status_code == 401
