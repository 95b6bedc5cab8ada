"""PostgreSQL with standbys: the server finds the primary, follows it, and waits for it."""

import time

import pytest

from kit import server as program
from kit.api import Api, Talk, assert_problem, new_id
from kit.postgres import Postgres
from kit.wait import crowd, eventually

pytestmark = [pytest.mark.only("postgresql"), pytest.mark.expects_5xx]


@pytest.fixture
def primary():
    running = Postgres(wal_level="replica", max_wal_senders=4, hot_standby="on")
    yield running
    running.remove()


@pytest.fixture
def standby(primary):
    """Follows the primary."""
    running = primary.new_standby()
    yield running
    running.remove()


def url_of(primary, standby, name):
    """Both servers, the standby first, as after an earlier failover."""
    return f"postgresql://botapi@127.0.0.1:{standby.port},127.0.0.1:{primary.port}/{name}"


def migrated(postgres):
    url = postgres.new_database()
    done = program.run("migrate", "--database", url)
    assert done.returncode == 0, done.stderr
    return url.rsplit("/", 1)[1]


def has_replayed(primary, standby):
    written = primary.sql("SELECT pg_current_wal_lsn()").strip()
    return standby.sql(f"SELECT pg_last_wal_replay_lsn() >= '{written}'").strip() == "t"


def test_the_primary_of_several_servers_is_used_and_its_successor_found(
        backend, primary, standby, start_server):
    name = migrated(primary)
    eventually(lambda: has_replayed(primary, standby), "the standby has the schema")
    with Api(start_server(database=url_of(primary, standby, name))) as api:
        talk = Talk(api)
        messages = [talk.say(f"{number}") for number in range(5)]
        eventually(lambda: has_replayed(primary, standby), "the standby has it all")

        primary.kill()
        standby.promote()

        sent = talk.message("after", id=new_id())
        answer = eventually(lambda: stored(api, sent), "the new primary is found")
        assert talk.listed() == [*messages, answer.json()]
        assert api.get(f"/conversations/{talk.conversation}").json()["messageCount"] == 6


def stored(api, sent):
    answer = api.post("/messages", json=sent)
    assert answer.status_code in (201, 503), answer.text
    return answer if answer.status_code == 201 else None


def test_a_primary_that_became_a_standby_is_no_longer_used(backend, primary, standby, start_server):
    """Both go on running, and nothing breaks the connections that lead to the wrong one."""
    name = migrated(primary)
    eventually(lambda: has_replayed(primary, standby), "the standby has the schema")
    with Api(start_server(database=url_of(primary, standby, name))) as api:
        talk = Talk(api)
        message = talk.say("before")
        eventually(lambda: has_replayed(primary, standby), "the standby has it all")

        standby.promote()
        primary.make_read_only()

        sent = talk.message("after", id=new_id())
        answer = eventually(lambda: stored(api, sent), "the new primary is found", 10)
        assert talk.listed() == [message, answer.json()]
        assert standby.sql("SELECT count(*) FROM messages", name).strip() == "2"
        assert primary.sql("SELECT count(*) FROM messages", name).strip() == "1"


STANDBY = "The database is a standby (read-only)"
READ_ONLY = "The database is read-only (default_transaction_read_only is on)"
REQUESTS = {
    "readiness": lambda api, talk: api.get("/readyz"),
    "get a bot": lambda api, talk: api.get(f"/bots/{talk.bot}"),
    "list bots": lambda api, talk: api.get("/bots"),
    "register a bot": lambda api, talk: api.post("/bots", json={"name": "x"}),
    "change a bot": lambda api, talk: api.patch(f"/bots/{talk.bot}", json={"name": "x"}),
    "change no bot": lambda api, talk: api.patch(f"/bots/{new_id()}", json={"name": "x"}),
    "remove no bot": lambda api, talk: api.delete(f"/bots/{new_id()}"),
    "get a message": lambda api, talk: api.get(f"/messages/{talk.said['id']}"),
    "get no message": lambda api, talk: api.get(f"/messages/{new_id()}"),
    "say": lambda api, talk: api.post("/messages", json=talk.message()),
    "say again": lambda api, talk: api.post("/messages", json=talk.said),
    "say nonsense": lambda api, talk: api.post(
        "/messages", json=talk.message() | {"from": new_id(), "to": new_id()}),
    "list": lambda api, talk: api.get(f"/messages?conversationId={talk.conversation}"),
    "list what did not change": lambda api, talk: api.get(
        f"/messages?conversationId={talk.conversation}", headers={"If-None-Match": talk.tag}),
    "list nothing": lambda api, talk: api.get(f"/messages?conversationId={new_id()}"),
    "follow": lambda api, talk: api.get(f"/messages?conversationId={talk.conversation}&after=start"),
    "conversation": lambda api, talk: api.get(f"/conversations/{talk.conversation}"),
    "conversations": lambda api, talk: api.get(f"/conversations?botId={talk.bot}"),
    "webhooks": lambda api, talk: api.get(f"/bots/{talk.bot}/webhooks"),
    "keys": lambda api, talk: api.get("/keys"),
}


def single(postgres, name):
    """The URL of one server, with a password that it does not ask for."""
    return f"postgresql://botapi:hush@127.0.0.1:{postgres.port}/{name}"


def prepared(api):
    """A conversation with one message, and the tag of its list."""
    talk = Talk(api)
    talk.said = talk.say("before")
    talk.tag = api.get(f"/messages?conversationId={talk.conversation}").headers["etag"]
    return talk


def assert_nothing_is_served(api, talk, reason):
    """At once, and to as many as ask at the same time: neither what is stored, nor that something
    is not."""
    asked = list(REQUESTS.items())
    for (name, _), answer in zip(asked, crowd(len(asked), lambda at: asked[at][1](api, talk))):
        problem = assert_problem(answer, 503)
        assert problem["type"] == "/problems/unavailable", name
        assert problem["detail"].startswith(reason), (name, problem)
        assert int(answer.headers["retry-after"]) >= 0
    assert api.get("/healthz").status_code == 200


def is_ready(api):
    return api.get("/readyz").status_code == 200


def events(server, name):
    return [event for event in server.events() if event.get("event") == name]


def test_a_standby_answers_nothing_until_it_is_promoted(backend, primary, standby, start_server):
    name = migrated(primary)
    with Api(start_server(database=single(primary, name))) as api:
        talk = prepared(api)
        made = program.run("keys", "create", "--database", single(primary, name), "--name", "root",
                           "--scope", "admin")
        key = {"Authorization": f"Bearer {made.stdout.strip()}"}
    eventually(lambda: has_replayed(primary, standby), "the standby has it all")

    server = start_server(database=single(standby, name))
    with Api(server) as api:
        assert_problem(api.get("/bots"), 503)
        assert_problem(api.get("/bots", headers={"Authorization": "Bearer bk_guess"}), 503)
        api.headers.update(key)
        assert_problem(api.get("/bots"), 503)
        problem = assert_problem(api.get("/readyz"), 503)
        assert problem["detail"].startswith(STANDBY)
        eventually(lambda: events(server, "the database takes no writes: requests are refused"),
                   "the operator is told")
        reply = events(server, "the database takes no writes: requests are refused")
        assert [(one["level"], one["reason"]) for one in reply] == [("warning", "it is a standby")]
        assert "promote it" in reply[0]["cure"]
        assert "hush" not in server.text()

        primary.kill()
        standby.promote()

        eventually(lambda: is_ready(api), "it serves")
        eventually(lambda: api.get("/bots").status_code == 200, "the key counts")
        assert api.get("/bots", headers={"Authorization": ""}).status_code == 401
        talk.api = api
        messages = [talk.said, talk.say("after")]
        assert talk.listed() == messages
        assert events(server, "the database takes writes")
        token = api.post("/tokens", json={"conversationId": talk.conversation,
                                          "clientId": talk.client})
        assert token.status_code == 201
        assert len(events(server, "the database takes no writes: requests are refused")) == 1


def test_without_keys_a_promoted_standby_serves_every_client(
        backend, primary, standby, start_server):
    name = migrated(primary)
    eventually(lambda: has_replayed(primary, standby), "the standby has the schema")
    server = start_server(database=single(standby, name))
    with Api(server) as api:
        assert_problem(api.get("/bots"), 503)
        assert not events(server, "authentication is off: no API keys exist")

        primary.kill()
        standby.promote()

        eventually(lambda: api.get("/bots").status_code == 200, "it serves")
        eventually(lambda: events(server, "authentication is off: no API keys exist"),
                   "the operator is told")


def test_a_read_only_primary_answers_nothing_until_it_takes_writes(
        backend, primary, start_server):
    name = migrated(primary)
    server = start_server("--failover-wait", "0s", database=single(primary, name))
    with Api(server) as api:
        talk = prepared(api)
        crowd(8, lambda _: talk.listed())  # So that several sessions wait for something to do.

        for _ in range(2):
            primary.make_read_only()
            time.sleep(0.3)  # What /readyz answers may be 250 ms old.
            for _ in range(3):
                assert_nothing_is_served(api, talk, READ_ONLY)

            primary.make_writable()
            eventually(lambda: is_ready(api), "it serves")
            assert talk.listed()[0] == talk.said
            talk.say("after")

        reply = events(server, "the database takes no writes: requests are refused")
        assert [one["reason"] for one in reply] == ["default_transaction_read_only is on"] * 2
        assert len(events(server, "the database takes writes")) == 2


@pytest.mark.parametrize("setting", ["ROLE botapi", "DATABASE {name}"])
def test_a_server_starts_on_a_database_that_takes_no_writes_and_waits(
        backend, primary, start_server, setting):
    name = migrated(primary)
    of = setting.format(name=name)
    primary.sql(f"ALTER {of} SET default_transaction_read_only = on")
    flags = ("--failover-wait", "0s")
    with Api(start_server(*flags, database=single(primary, name))) as api:
        assert assert_problem(api.get("/readyz"), 503)["detail"].startswith(READ_ONLY)
        assert_problem(api.post("/bots", json={"name": "x"}), 503)

        primary.sql(f"BEGIN READ WRITE; ALTER {of} RESET default_transaction_read_only; COMMIT")

        eventually(lambda: is_ready(api), "it serves")
        eventually(lambda: api.post("/bots", json={"name": "x"}).status_code == 201, "it stores")


@pytest.mark.parametrize("parameters", ["", "?target_session_attrs=read-write"])
def test_commands_refuse_a_standby_in_one_sentence(backend, primary, standby, parameters):
    url = primary.new_database()
    name = url.rsplit("/", 1)[1]
    eventually(lambda: has_replayed(primary, standby), "the standby has the database")
    of_standby = single(standby, name) + parameters
    migrate, dry_run = ["migrate"], ["migrate", "--dry-run"]
    others = [["check"], ["check", "--repair"], ["check", "--repair", "--apply"],
              ["keys", "list"], ["keys", "create", "--name", "x", "--scope", "admin"]]

    def assert_refused(command, reason):
        done = program.run(*command, "--database", of_standby)
        shown = of_standby.replace("hush", "***")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"botapi: The database {shown} {reason}\n"

    for command in (migrate, dry_run, *others):
        assert_refused(command, "is a standby (read-only): name its primary, or promote it.")
    assert program.run("migrate", "--database", url).returncode == 0
    eventually(lambda: has_replayed(primary, standby), "the standby has the schema")
    for command in others:
        assert_refused(command, "is a standby (read-only): name its primary, or promote it.")
    for command in (migrate, dry_run):
        done = program.run(*command, "--database", of_standby)
        assert (done.returncode, done.stdout) == (0, "The schema is up to date.\n")

    standby.promote()
    standby.make_read_only()
    for command in others:
        assert_refused(command, "is read-only: turn default_transaction_read_only off.")
