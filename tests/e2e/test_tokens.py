"""Tokens let an anonymous user read and write one conversation, as one client."""

import json
import re
from datetime import datetime, timedelta, timezone

import pytest

from kit.api import NDJSON, Api, Talk, assert_problem, message, new_id
from kit.keys import Keys, token_of
from kit.server import run
from kit.wait import eventually

WRITER = ("messages:read", "messages:write")


class Seat:
    """A bot that talks to a user, who has a token for it, and others who talk as well."""

    def __init__(self, keys):
        self.keys = keys
        self.talk = Talk(keys.root)
        self.other = Talk(keys.root)
        self.issuer = keys.make(*WRITER)
        self.bot = keys.client(self.issuer["token"])
        self.given = token_of(self.bot, self.talk.conversation, self.talk.client)
        self.user = keys.client(self.given["token"])

    def message(self, text="Oi!", **more):
        return self.talk.message(text, inbound=True, **more)


@pytest.fixture(name="seat")
def _seat(keys):
    return Seat(keys)


def until(token):
    return datetime.fromisoformat(token["expiresAt"].replace("Z", "+00:00"))


def test_a_token_is_for_a_conversation_and_a_client(seat):
    given = seat.given

    assert set(given) == {"token", "expiresAt", "conversationId", "clientId"}
    assert re.fullmatch(r"bt_[A-Za-z0-9_-]{140}", given["token"])
    assert (given["conversationId"], given["clientId"]) == (
        seat.talk.conversation, seat.talk.client)
    left = until(given) - datetime.now(timezone.utc)
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)


def test_the_answer_with_a_token_is_not_cached(seat):
    answer = seat.bot.post("/tokens", json={"conversationId": new_id(), "clientId": new_id()})

    assert answer.headers["cache-control"] == "no-store"


def test_with_a_token_a_user_reads_and_writes_its_conversation(seat):
    greeting = seat.talk.say("Oi! Como posso te ajudar?")

    sent = seat.user.post("/messages", json=seat.message("Quero um café"))

    assert sent.status_code == 201
    talk = seat.talk.conversation
    assert seat.user.listed(conversationId=talk) == [greeting, sent.json()]
    assert seat.user.listed(conversationId=talk, direction="inbound") == [sent.json()]
    assert seat.user.get(f"/messages/{greeting['id']}").json() == greeting
    assert seat.user.get(f"/conversations/{talk}").json()["messageCount"] == 2
    assert seat.user.get(f"/messages?conversationId={talk}&limit=1").links["next"]
    seat_tag = seat.user.get(f"/messages?conversationId={talk}").headers["etag"]
    assert seat.user.get(f"/messages?conversationId={talk}",
                         headers={"If-None-Match": seat_tag}).status_code == 304


@pytest.mark.parametrize("method, path, body", [
    ("GET", "/bots", None), ("POST", "/bots", {"name": "x"}), ("GET", "/bots/{bot}", None),
    ("PUT", "/bots/{bot}", {"name": "x"}), ("DELETE", "/bots/{bot}", None),
    ("GET", "/keys", None), ("POST", "/keys", {"name": "x", "scopes": ["admin"]}),
    ("DELETE", "/keys?issuedBefore=2100-01-01T00:00:00Z", None), ("GET", "/metrics", None),
    ("POST", "/tokens", {"conversationId": "{talk}", "clientId": "{client}"}),
    ("GET", "/conversations?clientId={client}", None), ("GET", "/conversations?botId={bot}", None),
    ("GET", "/conversations/{other}", None), ("GET", "/messages?conversationId={other}", None),
    ("GET", "/messages?botId={bot}", None), ("GET", "/messages?clientId={client}", None),
    ("GET", "/messages?conversationId={nothing}", None), ("GET", "/conversations/{nothing}", None),
    ("GET", "/bots/{bot}/webhooks", None), ("GET", "/bots/{bot}/webhooks/crm", None),
    ("PUT", "/bots/{bot}/webhooks/crm", {"url": "https://x.example/", "events": []}),
    ("DELETE", "/bots/{bot}/webhooks/crm", None), ("POST", "/bots/{bot}/webhooks/crm/test", None),
    ("GET", "/bots/{bot}/webhooks/crm/deliveries", None),
    ("POST", "/bots/{bot}/webhooks/crm/deliveries/redeliver", None),
    ("POST", "/bots/{bot}/webhooks/crm/deliveries/msg_1/redeliver", None),
    ("POST", "/bots/{bot}/webhooks/crm/replay", {"after": "start"}),
])
def test_a_token_allows_no_other_request(seat, method, path, body):
    seat.talk.say()
    seat.other.say()
    ids = {"bot": seat.talk.bot, "talk": seat.talk.conversation, "client": seat.talk.client,
           "other": seat.other.conversation, "nothing": new_id()}
    if body:
        body = json.loads(re.sub(r"\{(\w+)\}", lambda name: ids[name[1]], json.dumps(body)))

    assert_problem(seat.user.request(method, path.format(**ids), json=body), 403, "forbidden")


def test_messages_of_other_conversations_are_not_found(seat):
    message = seat.other.say()
    nothing = new_id()

    hidden = seat.user.get(f"/messages/{message['id']}")
    absent = seat.user.get(f"/messages/{nothing}")

    assert_problem(hidden, 404)
    assert hidden.text.replace(message["id"], "?") == absent.text.replace(nothing, "?")


def test_a_user_sends_as_itself_in_its_conversation_only(seat):
    mine, other = seat.talk, seat.other
    for body, at in [
        (message(other.conversation, mine.client, mine.bot), "/conversationId"),
        (message(mine.conversation, other.client, mine.bot), "/from"),
        (message(mine.conversation, mine.bot, mine.client), "/from"),
        (message(other.conversation, other.client, other.bot), ["/conversationId", "/from"]),
    ]:
        assert_problem(seat.user.post("/messages", json=body), 403, "forbidden", at=at)
    assert_problem(
        seat.user.post("/messages", json=message(mine.conversation, mine.client, new_id())), 422)
    assert mine.listed() == other.listed() == []


def test_arrays_and_imports_know_the_same_limits(seat):
    wrong = message(seat.other.conversation, seat.talk.client, seat.talk.bot)

    array = seat.user.post("/messages", json=[seat.message(), wrong])
    assert_problem(array, 403, at="/1/conversationId")
    lines = "".join(json.dumps(one) + "\n" for one in (seat.message(), wrong))
    report = seat.user.post("/messages", content=lines, headers=NDJSON).text.splitlines()

    assert [json.loads(line)["status"] for line in report] == [201, 403]
    assert len(seat.talk.listed()) == 1 and seat.other.listed() == []


def test_a_user_with_the_id_of_a_bot_is_not_a_bot(seat):
    disguised = seat.keys.seated(seat.bot, seat.talk.conversation, seat.other.bot)

    sent = disguised.post("/messages", json=message(
        seat.talk.conversation, seat.other.bot, seat.talk.bot))

    assert sent.status_code == 201
    assert seat.talk.listed(direction="inbound") == [sent.json()]
    assert_problem(disguised.post("/messages", json=message(
        seat.talk.conversation, seat.other.bot, seat.talk.client)), 422)


def test_a_token_sees_no_more_bots_than_its_key(keys):
    talk, theirs = Talk(keys.root), Talk(keys.root)
    mine = keys.holder(*WRITER, bots=[talk.bot])
    shared = talk.say("mine")
    hidden = keys.root.say(talk.conversation, theirs.bot, talk.client, text="theirs")

    user = keys.seated(mine, talk.conversation, talk.client)

    assert user.listed(conversationId=talk.conversation) == [shared]
    assert_problem(user.get(f"/messages/{hidden['id']}"), 404)
    assert user.get(f"/conversations/{talk.conversation}").json()["messageCount"] == 1
    assert_problem(user.post("/messages", json=message(
        talk.conversation, talk.client, theirs.bot)), 422, "unknown-bot")
    everybody = keys.seated(keys.root, talk.conversation, talk.client)
    assert everybody.listed(conversationId=talk.conversation) == [shared, hidden]


@pytest.mark.parametrize("scopes", [["messages:read"], ["messages:write"], ["bots:write"]])
def test_a_key_that_can_not_read_and_write_issues_no_tokens(keys, scopes):
    asked = keys.holder(*scopes).post(
        "/tokens", json={"conversationId": new_id(), "clientId": new_id()})

    assert_problem(asked, 403)


@pytest.mark.parametrize("body, at", [
    ({}, ["/conversationId", "/clientId"]),
    ({"conversationId": "x", "clientId": 7}, ["/conversationId", "/clientId"]),
    ({"expiresIn": 0}, "/expiresIn"), ({"expiresIn": 86401}, "/expiresIn"),
    ({"expiresIn": 1.5}, "/expiresIn"), ({"expiresIn": "60"}, "/expiresIn"),
    ({"expiresIn": None}, "/expiresIn"), ({"expiresIn": 2 ** 70}, "/expiresIn"),
    ({"expiresIn": 2.0 ** 53}, "/expiresIn"), ({"more": 1}, "/more"),
])
def test_a_faulty_token_is_refused(keys, body, at):
    if "conversationId" not in body and body:
        body |= {"conversationId": new_id(), "clientId": new_id()}

    assert_problem(keys.root.post("/tokens", json=body), 400, at=at)


@pytest.mark.parametrize("seconds, is_whole", [
    ("60.0", True), ("6e1", True), ("60.5", False), ("1e400", False), ("true", False),
])
def test_whole_numbers_are_accepted_in_every_json_form(seat, seconds, is_whole):
    body = f'{{"conversationId": "{new_id()}", "clientId": "{new_id()}", "expiresIn": {seconds}}}'

    answer = seat.bot.post("/tokens", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == (201 if is_whole else 400)


def test_a_token_expires(seat):
    brief = seat.keys.seated(
        seat.bot, seat.talk.conversation, seat.talk.client, expiresIn=1)
    path = f"/messages?conversationId={seat.talk.conversation}"

    eventually(lambda: brief.get(path).status_code == 401, "the token has expired", 5)

    assert 'error="invalid_token"' in brief.get(path).headers["www-authenticate"]
    answers = {brief.get(path).status_code for _ in range(40)}
    assert answers == {401}, "who shows what was right is no guesser"


def test_a_token_is_refreshed_while_it_lasts(seat):
    first = token_of(seat.bot, seat.talk.conversation, seat.talk.client, expiresIn=600)
    user = seat.keys.client(first["token"])
    second = {}

    def is_later():  # Tokens know whole seconds.
        answer = user.post("/tokens/refresh")
        assert answer.status_code == 201
        second.update(answer.json())
        return until(second) > until(first)

    eventually(is_later, "a second has passed", 5)

    assert second["token"] != first["token"]
    assert until(second) - until(first) < timedelta(seconds=60)
    assert (second["conversationId"], second["clientId"]) == (
        first["conversationId"], first["clientId"])
    again = seat.keys.client(second["token"])
    assert again.post("/messages", json=seat.message()).status_code == 201
    assert_problem(seat.bot.post("/tokens/refresh"), 403)


def test_a_chain_of_refreshed_tokens_ends(start_server):
    keys = Keys(start_server("--token-lifetime", "2s", "--max-token-lifetime", "3s"))
    seat = Seat(keys)
    token = seat.given
    began = until(token) - timedelta(seconds=2)

    def is_over():
        nonlocal token
        answer = keys.client(token["token"]).post("/tokens/refresh")
        if answer.status_code == 401:
            return True
        token = answer.json()
        return False

    eventually(is_over, "the line has ended", 10)
    assert until(token) == began + timedelta(seconds=3)
    assert_problem(seat.bot.post("/tokens", json={
        "conversationId": new_id(), "clientId": new_id(), "expiresIn": 4}), 400, at="/expiresIn")
    keys.close()


def test_a_token_ends_with_its_key_on_every_server(seat, start_server):
    other = start_server(database=seat.keys.server.database)
    there = seat.keys.client(seat.given["token"], other)
    path = f"/messages?conversationId={seat.talk.conversation}"
    assert seat.user.get(path).status_code == there.get(path).status_code == 200

    seat.keys.root.delete(f"/keys/{seat.issuer['id']}")

    assert_problem(seat.user.get(path), 401)
    assert_problem(seat.user.post("/tokens/refresh"), 401)
    eventually(lambda: there.get(path).status_code == 401, "it has ended there", 1)


def test_a_changed_token_is_refused(seat):
    token = seat.given["token"]
    path = f"/messages?conversationId={seat.talk.conversation}"
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[:60], token + "AAAA",
                  token.replace("bt_", "bk_"), "bt_" + "A" * 140, "bt_", "BT_" + token[3:]):
        assert_problem(seat.keys.client(wrong).get(path), 401)


def test_the_secret_that_signs_is_renewed_with_an_overlap(seat):
    database = seat.keys.server.database
    path = f"/messages?conversationId={seat.talk.conversation}"

    assert run("keys", "rotate-signing", "--database", database).returncode == 0
    new = token_of(seat.bot, seat.talk.conversation, seat.talk.client)
    eventually(lambda: token_of(seat.bot, seat.talk.conversation, seat.talk.client)["token"][3:10]
               != seat.given["token"][3:10], "it signs with the new secret")
    assert seat.user.get(path).status_code == 200
    assert seat.keys.client(new["token"]).get(path).status_code == 200

    assert run("keys", "rotate-signing", "--at-once", "--database", database).returncode == 0
    eventually(lambda: seat.user.get(path).status_code == 401, "old tokens have ended", 1)
    assert seat.keys.seated(
        seat.bot, seat.talk.conversation, seat.talk.client).get(path).status_code == 200


def test_a_token_in_the_target_is_accepted_where_browsers_need_it(seat):
    message = seat.talk.say()
    browser = seat.keys.client()
    path = f"/messages?conversationId={seat.talk.conversation}"
    token = seat.given["token"]

    answer = browser.get(f"{path}&access_token={token}&limit=1")

    assert answer.status_code == 200 and answer.json() == [message]
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    seat.talk.say()
    paged = browser.get(f"{path}&access_token={token}&limit=1")
    assert token not in str(paged.headers)
    assert_problem(browser.get(f"{path}&access_token={token[:-2]}"), 401)
    assert_problem(browser.get(f"{path}&access_token={token}&access_token={token}"), 400)
    assert_problem(browser.get(f"{path}&access_token={seat.issuer['token']}"), 400)
    assert_problem(seat.user.get(f"{path}&access_token={token}"), 400)
    assert token not in seat.keys.server.text()


def test_a_token_in_the_target_is_ignored_elsewhere(seat):
    message = seat.talk.say()
    browser = seat.keys.client()
    show = {"access_token": seat.given["token"]}

    assert_problem(browser.get(f"/messages/{message['id']}", params=show), 401)
    assert_problem(browser.post("/messages", json=seat.message(), params=show), 401)
    assert_problem(browser.post("/tokens/refresh", params=show), 401)
    assert_problem(seat.user.get(f"/messages/{message['id']}", params=show), 400)


def test_answers_vary_by_authorization(seat):
    for path in (f"/messages?conversationId={seat.talk.conversation}", "/bots"):
        assert "Authorization" in seat.keys.root.get(path).headers["vary"]


def test_cached_pages_are_shown_to_allowed_callers_only(keys):
    talk, theirs = Talk(keys.root), Talk(keys.root)
    mine = talk.say("mine")
    keys.root.say(talk.conversation, theirs.bot, talk.client, text="theirs")
    path = f"/messages?conversationId={talk.conversation}"
    limited = keys.seated(keys.holder(*WRITER, bots=[talk.bot]), talk.conversation, talk.client)
    unlimited = keys.seated(keys.root, talk.conversation, talk.client)

    for _ in range(3):
        assert len(keys.root.get(path).json()) == len(unlimited.get(path).json()) == 2
        assert limited.get(path).json() == [mine]
    tag = unlimited.get(path).headers["etag"]
    assert limited.get(path, headers={"If-None-Match": tag}).json() == [mine]


def test_an_idempotency_key_belongs_to_its_token(seat):
    other = seat.keys.seated(seat.bot, seat.talk.conversation, new_id())
    once = {"Idempotency-Key": "the-same"}

    first = seat.user.post("/messages", json=seat.message(), headers=once)
    again = seat.user.post("/messages", json=seat.message(), headers=once)
    assert first.status_code == again.status_code == 201
    assert again.headers["idempotent-replayed"] == "true" and again.json() == first.json()

    for client in (seat.bot, other):
        body = seat.message() if client is seat.bot else message(
            seat.talk.conversation, token_client(client), seat.talk.bot)
        answer = client.post("/messages", json=body, headers=once)
        assert answer.status_code == 201
        assert "idempotent-replayed" not in answer.headers


def token_client(client):
    refreshed = client.post("/tokens/refresh")
    assert refreshed.status_code == 201
    return refreshed.json()["clientId"]


def test_a_taken_id_leaks_nothing_of_its_message(seat):
    message = seat.other.say("a secret")
    asked = seat.message("a guess", id=message["id"])

    refused = seat.user.post("/messages", json=asked)

    assert_problem(refused, 409, at="/id")
    assert "secret" not in refused.text and seat.other.conversation not in refused.text


def test_issued_tokens_are_audited_without_their_text(seat):
    def record():
        return [event for event in seat.keys.server.events() if event["event"] == "audit"
                and event.get("path") == "/tokens"]

    eventually(record, "the record is written")
    [written] = record()
    assert written["key"] == seat.issuer["id"] and written["status"] == 201
    assert seat.talk.conversation in written["about"] and seat.talk.client in written["about"]
    assert seat.given["token"] not in seat.keys.server.text()


def test_requests_of_users_count_towards_the_rate_of_their_key(start_server):
    keys = Keys(start_server("--max-key-rate", "5"))
    keys.root.headers["Authorization"] = f"Bearer {keys.make('admin')['token']}"
    issuer, other = keys.holder(*WRITER), keys.holder(*WRITER)
    talks = [new_id() for _ in range(4)]
    users = [keys.seated(issuer, talk, new_id()) for talk in talks]

    def read(api, talk):
        return api.get(f"/messages?conversationId={talk}").status_code

    answers = [read(user, talk) for _ in range(10) for user, talk in zip(users, talks)]

    assert 200 in answers and answers[-1] == 429
    # A bucket of ten, and five a second: alone each of the four would have had ten.
    assert answers.count(200) < 30
    assert read(issuer, talks[0]) == 429
    assert read(other, talks[0]) == 200
    keys.close()


def test_a_server_without_keys_issues_tokens(start_server):
    with Api(start_server()) as api:
        talk = Talk(api)
        given = token_of(api, talk.conversation, talk.client)
        with Api(api.server) as user:
            user.headers["Authorization"] = f"Bearer {given['token']}"
            assert user.post("/messages", json=talk.message(inbound=True)).status_code == 201
            assert_problem(user.get("/bots"), 403)
            assert_problem(user.get(f"/messages?conversationId={new_id()}"), 403)
            user.headers["Authorization"] = f"Bearer {given['token'][:-1]}"
            assert_problem(user.get(f"/messages?conversationId={talk.conversation}"), 401)
            user.headers["Authorization"] = f"Bearer {given['token']}"
            assert api.post("/keys", json={"name": "x", "scopes": ["admin"]}).status_code == 201
            assert_problem(user.get(f"/messages?conversationId={talk.conversation}"), 401)
