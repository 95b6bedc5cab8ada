"""The API for webhooks."""

import pytest

from kit.api import UUID, Talk, assert_problem, new_id
from kit.receiver import Hooks
from kit.wait import eventually

URL = "https://hooks.example/in?a=1"
BODY = {"url": URL, "events": ["message.inbound"]}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def hooks(api):
    return Hooks(api, Talk(api))


def test_a_webhook_is_created_read_and_removed(api, hooks):
    made = api.put(hooks.path(), json=BODY)

    assert made.status_code == 201
    assert made.headers["location"] == hooks.path()
    assert made.headers["cache-control"] == "no-store"
    reply = made.json()
    secret = reply.pop("secrets")
    assert reply == {"botId": hooks.talk.bot, "name": "crm", "url": URL,
                    "events": ["message.inbound"], "enabled": True,
                    "secretHints": [f"whsec_...{secret[0][-4:]}"]}
    assert len(secret) == 1 and secret[0].startswith("whsec_")

    read = api.get(hooks.path())
    assert (read.status_code, read.json()) == (200, reply)
    assert read.headers["etag"] == made.headers["etag"]
    assert api.get(hooks.path(None)).json() == [reply]
    known = {"If-None-Match": read.headers["etag"]}
    assert api.get(hooks.path(), headers=known).status_code == 304

    assert api.delete(hooks.path()).status_code == 204
    assert_problem(api.get(hooks.path()), 404, "not-found")
    assert_problem(api.delete(hooks.path()), 404, "not-found")
    assert api.get(hooks.path(None)).json() == []


def test_secrets_are_shown_once(api, hooks):
    first = hooks.put(URL)["secrets"][0]

    same = api.put(hooks.path(), json=BODY)
    assert (same.status_code, "secrets" in same.json()) == (200, False)
    assert first not in api.get(hooks.path()).text
    assert first not in api.get(hooks.path(None)).text

    rotated = hooks.put(URL, secrets=[SECRET, first])
    assert rotated["secrets"] == [SECRET, first]
    assert SECRET not in api.get(hooks.path()).text
    assert len(api.get(hooks.path()).json()["secretHints"]) == 2
    assert "secrets" not in hooks.put(URL, secrets=[SECRET, first])


def test_every_faulty_field_is_named(api, hooks):
    def put(body):
        return api.put(hooks.path(), json=body)

    assert_problem(put({}), 400, "invalid-field", ["/url", "/events"])
    assert_problem(put({**BODY, "url": "ftp://x/", "events": [], "enabled": 1, "color": "red"}),
                   400, "invalid-field", ["/url", "/events", "/enabled", "/color"])
    assert_problem(put({**BODY, "events": ["message.inbound", "message.read"]}),
                   400, "invalid-field", "/events/1")
    assert_problem(put({**BODY, "url": "http://hooks.example/"}), 400, "invalid-field", "/url")
    assert_problem(put({**BODY, "secrets": [SECRET, 7]}), 400, "invalid-field", "/secrets/1")
    refused = put({**BODY, "secrets": ["whsec_tooshort", SECRET]})
    assert_problem(refused, 400, "invalid-field", "/secrets/0")
    assert "tooshort" not in refused.text
    assert_problem(put({**BODY, "secrets": [SECRET] * 3}), 400, "invalid-field", "/secrets")
    assert_problem(api.put(hooks.path("No name"), json=BODY), 400, "invalid-field")
    assert_problem(api.put(hooks.path(), content=b"{"), 415)
    assert api.get(hooks.path(None)).json() == []


def test_headers_are_kept_and_their_values_are_hidden(api, hooks):
    secret = {"Authorization": "Bearer s3cret", "X-Tenant": "7"}
    made = api.put(hooks.path(), json={**BODY, "headers": secret})
    assert made.status_code == 201
    assert made.json()["headerNames"] == ["Authorization", "X-Tenant"]

    for answer in (made, api.get(hooks.path()), api.get(hooks.path(None)),
                   api.put(hooks.path(), json=BODY)):
        assert "Authorization" in answer.text and "s3cret" not in answer.text
    assert api.get(hooks.path()).headers["etag"] == made.headers["etag"]
    changed = api.put(hooks.path(), json={**BODY, "headers": {"X-Tenant": "8"}})
    assert changed.json()["headerNames"] == ["X-Tenant"]
    assert changed.headers["etag"] != made.headers["etag"]
    assert "headerNames" not in api.put(hooks.path(), json={**BODY, "headers": {}}).json()


@pytest.mark.parametrize("headers, pointer", [
    (["a"], "/headers"), (None, "/headers"), ("a: b", "/headers"),
    ({"a": 7}, "/headers/a"), ({"a/b~": None}, "/headers/a~1b~0"), ({"a": ["b"]}, "/headers/a"),
    ({"Host": "x"}, "/headers/Host"), ({"content-LENGTH": "0"}, "/headers/content-LENGTH"),
    ({"Transfer-Encoding": "chunked"}, "/headers/Transfer-Encoding"),
    ({"Connection": "close"}, "/headers/Connection"), ({"Content-Type": "a/b"}, "/headers/Content-Type"),
    ({"webhook-id": "1"}, "/headers/webhook-id"), ({"Webhook-Attempt": "1"}, "/headers/Webhook-Attempt"),
    ({"": "x"}, "/headers/"), ({"a b": "x"}, "/headers/a b"), ({"a:": "x"}, "/headers/a:"),
    ({"a\r\nb": "x"}, "/headers/a\r\nb"), ({"caf\u00e9": "x"}, "/headers/caf\u00e9"),
    ({"x" * 129: "x"}, "/headers/" + "x" * 129),
    ({"a": "s3cret\r\nHost: x"}, "/headers/a"), ({"a": "s3cret\n"}, "/headers/a"),
    ({"a": " s3cret"}, "/headers/a"), ({"a": "s3cret\u00e9"}, "/headers/a"),
    ({"a": "s3cret" * 171}, "/headers/a"),
    ({"Accept": "x", "aCCEPT": "y"}, "/headers/aCCEPT"),
    ({f"x-{number}": "x" for number in range(17)}, "/headers"),
])
def test_headers_that_break_a_request_are_refused(api, hooks, headers, pointer):
    refused = api.put(hooks.path(), json={**BODY, "headers": headers})

    assert_problem(refused, 400, "invalid-field", pointer)
    assert "s3cret" not in refused.text
    assert api.get(hooks.path(None)).json() == []


@pytest.mark.parametrize("url", [
    "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/",
    "https://user:word@hooks.example/", "https://hooks.example/#part", "https://hooks.example:0/",
    "javascript:alert(1)", "file:///etc/passwd", "https://", "https://hooks.example/a b",
])
def test_a_url_that_is_not_a_receivers_is_refused(api, hooks, url):
    assert_problem(api.put(hooks.path(), json={**BODY, "url": url}), 400, "invalid-field", "/url")


def test_conditions_are_kept(api, hooks):
    def put(**headers):
        return api.put(hooks.path(), json=BODY, headers=headers)

    assert_problem(put(**{"If-Match": "*"}), 412, "precondition-failed")
    made = put(**{"If-None-Match": "*"})
    assert made.status_code == 201
    assert_problem(put(**{"If-None-Match": "*"}), 412, "precondition-failed")
    assert_problem(put(**{"If-Match": '"1"'}), 412, "precondition-failed")
    assert put(**{"If-Match": made.headers["etag"]}).status_code == 200
    refused = api.delete(hooks.path(), headers={"If-Match": '"1"'})
    assert_problem(refused, 412, "precondition-failed")
    assert api.delete(hooks.path(), headers={"If-Match": made.headers["etag"]}).status_code == 204
    again = put()
    assert again.status_code == 201
    assert again.headers["etag"] != made.headers["etag"]


def test_webhooks_belong_to_their_bot(api, hooks):
    hooks.put(URL)
    nobody = f"/bots/{new_id()}/webhooks"

    assert_problem(api.get(nobody), 404, "not-found")
    assert_problem(api.put(nobody + "/crm", json=BODY), 404, "not-found")
    assert_problem(api.get("/bots/7/webhooks"), 400, "invalid-parameter")
    assert_problem(api.get("/bots/7/webhooks/crm/deliveries"), 400, "invalid-parameter")
    other = api.new_bot()
    assert_problem(api.get(f"/bots/{other}/webhooks/crm"), 404, "not-found")

    assert api.delete(f"/bots/{hooks.talk.bot}").status_code == 204
    assert_problem(api.get(hooks.path(None)), 404, "not-found")
    assert api.post("/bots", json={"id": hooks.talk.bot, "name": "Again"}).status_code == 201
    assert api.get(hooks.path(None)).json() == []


def test_a_bot_has_at_most_20(api, hooks):
    for number in range(20):
        hooks.put(URL, name=f"hook-{number}")

    assert_problem(api.put(hooks.path("one-more"), json=BODY), 400)
    hooks.put(URL, name="hook-7", enabled=False)


def test_deliveries_are_listed_page_by_page(api, hooks):
    hooks.put("https://hooks.invalid/")
    sent = [hooks.talk.say(str(number)) for number in range(5)]

    answer = api.get(hooks.path("crm", "deliveries"), params={"limit": 2})
    pages, _ = api.walk(answer)

    listed = [one for page in pages for one in page]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one["messageId"] for one in listed] == [message["id"] for message in sent]
    for one in listed:
        assert one["id"].startswith("msg_" + one["messageId"].replace("-", ""))
        assert UUID.fullmatch(one["conversationId"])
        assert one["status"] == "pending"
    wrong = api.get(hooks.path("crm", "deliveries"), params={"status": "lost"})
    assert_problem(wrong, 400, "invalid-parameter", naming="status")
    wrong = api.get(hooks.path("crm", "deliveries"), params={"cursor": "x"})
    assert_problem(wrong, 400, "invalid-parameter", naming="cursor")


def test_replays_and_redeliveries_need_an_existing_delivery_or_cursor(api, hooks):
    hooks.put(URL, enabled=False)

    def post(*path, **more):
        return api.post(hooks.path("crm", *path), **more)

    assert_problem(post("deliveries", "msg_1", "redeliver"), 404, "not-found")
    assert post("deliveries", "redeliver").json() == {"queued": 0, "complete": True}
    assert_problem(post("replay", json={}), 400, "invalid-field", "/after")
    assert_problem(post("replay", json={"after": "x"}), 400, "invalid-field", "/after")
    assert_problem(post("replay", json={"after": "start", "x": 1}), 400, "invalid-field", "/x")
    assert_problem(api.get(hooks.path("crm", "replay")), 405)
    hooks.talk.say("one")
    done = post("replay", json={"after": "start"}).json()
    assert (done["queued"], done["complete"]) == (1, True)
    again = post("replay", json={"after": done["cursor"]}).json()
    assert again == {"queued": 0, "complete": True, "cursor": done["cursor"]}


def test_keys_see_the_webhooks_of_their_bots(keys):
    bot, other = keys.root.new_bot(), keys.root.new_bot()
    writer = keys.holder("bots:read", "bots:write", "messages:read", bots=[bot])
    mine, hidden = f"/bots/{bot}/webhooks", f"/bots/{other}/webhooks"
    assert keys.root.put(hidden + "/a", json=BODY).status_code == 201

    assert writer.put(mine + "/a", json=BODY).status_code == 201
    assert writer.get(mine + "/a").status_code == 200
    for path in ("/test", "/deliveries/redeliver", "/deliveries/msg_1/redeliver", "/replay"):
        more = {"json": {"after": "start"}} if path == "/replay" else {}
        assert_problem(writer.post(hidden + "/a" + path, **more), 404, "not-found")
    for path in ("", "/a", "/a/deliveries"):
        assert_problem(writer.get(hidden + path), 404, "not-found")
    assert_problem(writer.put(hidden + "/b", json=BODY), 404, "not-found")
    assert_problem(writer.delete(hidden + "/a"), 404, "not-found")
    absent = writer.get(f"/bots/{(nobody := new_id())}/webhooks/a")
    assert absent.text.replace(nobody, other) == writer.get(hidden + "/a").text


def test_creating_a_webhook_needs_the_scope_to_read_messages(keys):
    hook = f"/bots/{keys.root.new_bot()}/webhooks/a"
    assert keys.root.put(hook, json=BODY).status_code == 201
    start = {"after": "start"}
    needed = [
        ("GET", "", None, ["bots:read"]),
        ("GET", "/deliveries", None, ["messages:read"]),
        ("PUT", "", BODY, ["bots:write", "messages:read"]),
        ("POST", "/deliveries/redeliver", None, ["bots:write", "messages:read"]),
        ("POST", "/deliveries/msg_1/redeliver", None, ["bots:write", "messages:read"]),
        ("POST", "/replay", start, ["bots:write", "messages:read"]),
        ("POST", "/test", None, ["bots:write"]),
        ("DELETE", "", None, ["bots:write"]),
    ]
    every = {"bots:read", "bots:write", "messages:read", "messages:write"}
    for method, path, body, scopes in needed:
        for missing in scopes:
            holder = keys.holder(*(every - {missing}))
            refused = holder.request(method, hook + path, json=body)
            assert_problem(refused, 403, "forbidden")
            assert f'scope="{missing}"' in refused.headers["www-authenticate"]
        allowed = keys.holder(*scopes).request(method, hook + path, json=body)
        assert allowed.status_code in (200, 201, 204, 404), (method, path, allowed.text)


def test_changes_of_webhooks_are_recorded_without_urls_and_secrets(keys):
    made = keys.make("bots:write", "messages:read")
    holder = keys.client(made["token"])
    hook = f"/bots/{keys.root.new_bot()}/webhooks/crm"
    word = "Bearer s3cret"
    headed = {**BODY, "headers": {"Authorization": word}}
    secret = holder.put(hook, json=headed).json()["secrets"][0]
    holder.put(hook, json={**BODY, "secrets": [SECRET]})
    holder.post(hook + "/test")
    holder.post(hook + "/deliveries/redeliver")
    holder.post(hook + "/replay", json={"after": "start"})
    holder.delete(hook)

    def record():
        return [(event["method"], event["path"], event["status"])
                for event in keys.server.events()
                if event["event"] == "audit" and event.get("key") == made["id"]]

    wanted = [("PUT", hook, 201), ("PUT", hook, 200), ("POST", hook + "/test", 200),
              ("POST", hook + "/deliveries/redeliver", 200), ("POST", hook + "/replay", 200),
              ("DELETE", hook, 204)]
    eventually(lambda: record() == wanted, "all is recorded")
    for hidden in (secret, secret[6:], SECRET, SECRET[6:], word, "hooks.example", made["token"]):
        assert hidden not in keys.server.text()
