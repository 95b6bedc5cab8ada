"""No value of a client is ever part of a statement, according to PostgreSQL itself."""

import re
import uuid

import pytest

from kit.api import NDJSON, Talk, links
from kit.keys import Keys
from kit.server import run

pytestmark = pytest.mark.only("postgresql")

MARK = "o'zq7\\\"; --"
SENT = re.compile(r"zq7|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|20[0-9]{2}-[0-9]{2}-")
STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*|parse [^:]*|bind [^:]*): (.*)", re.DOTALL)


def statements(log):
    """The texts of all statements in a log of PostgreSQL's, without the values beside them."""
    entries = re.split(r"^(?=\d{4}-\d\d-\d\d )", log, flags=re.MULTILINE)
    return [found[1] for entry in entries if (found := STATEMENT.search(entry))]


def use_everything(api, keys):
    talk = Talk(api)
    made = api.post("/bots", json={"name": MARK}, headers={"Idempotency-Key": MARK})
    assert made.status_code == 201
    bot = made.headers["location"]
    assert api.put(bot, json={"name": MARK + "!"}).status_code == 200
    assert api.patch(bot, json={"name": MARK}, headers={"If-Match": "*"}).status_code == 200
    assert api.delete(bot).status_code == 204
    messages = [talk.say(MARK, metadata={MARK: MARK}, id=str(uuid.uuid4()),
                     timestamp="2020-02-29T10:00:00.5+01:00") for _ in range(3)]
    assert api.post("/messages", json=[talk.message(MARK)] * 3,
                    headers={"Idempotency-Key": MARK}).status_code == 201
    lines = b"".join(api.build_request("POST", "/", json=talk.message(MARK)).content + b"\n"
                     for _ in range(3))
    assert api.post("/messages", content=lines, headers=NDJSON).text.count('"status":201') == 3

    talked = {"botId": talk.bot, "clientId": talk.client}
    for filters in ({"conversationId": talk.conversation}, talked,
                    {"conversationId": talk.conversation, "since": "2020-01-01T00:00:00Z",
                     "until": "2099-01-01T00:00:00Z", "from": talk.bot, "to": talk.client,
                     "direction": "outbound", "order": "desc"}):
        page = api.get("/messages", params=filters | {"limit": 1})
        assert page.status_code == 200
        while "next" in links(page):
            page = api.get(links(page)["next"])
            assert page.status_code == 200
    assert api.get(f"/messages/{messages[0]['id']}").status_code == 200
    assert api.get("/conversations", params=talked).status_code == 200
    assert api.get(f"/conversations/{talk.conversation}").status_code == 200
    limited = keys.holder("bots:read", "messages:read", bots=[talk.bot])
    assert limited.get("/messages", params=talked).status_code == 200
    assert limited.get("/bots").status_code == 200
    key = keys.make("bots:read", name=MARK)
    assert api.get("/keys").status_code == 200
    assert api.delete(f"/keys/{key['id']}").status_code in (200, 204)


def test_statements_are_the_same_whatever_is_sent(postgres, start_server):
    url = postgres.new_database()
    name = url.rsplit("/", 1)[1]
    assert run("migrate", "--database", url).returncode == 0
    postgres.sql(f"ALTER DATABASE {name} SET log_statement = 'all'")
    log = postgres.folder / "log"
    before = log.stat().st_size
    server = start_server(database=url)
    keys = Keys(server)
    try:
        use_everything(keys.root, keys)
    finally:
        keys.close()
        server.stop()

    postgres.sql("SELECT 'zq7 would be found'", database=name)

    with open(log, encoding="utf-8", errors="replace") as text:
        text.seek(before)
        seen = statements(text.read())
    assert len(seen) > 30
    assert any("INSERT INTO messages" in one for one in seen)
    found = [one for one in seen if SENT.search(one)]
    assert [one.strip() for one in found] == ["SELECT 'zq7 would be found'"]
