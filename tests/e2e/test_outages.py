"""The database is away or not ready: 503 with Retry-After, and full recovery afterwards.

Here the server does not wait for it: see test_failover_wait.py.
"""

import sqlite3

import pytest

from kit import server as program
from kit.api import Api, Talk, assert_problem, new_id
from kit.postgres import Postgres
from kit.wait import crowd, eventually

EXPECTED = {
    "get a bot": lambda api, talk: api.get(f"/bots/{talk.bot}"),
    "list bots": lambda api, talk: api.get("/bots"),
    "register a bot": lambda api, talk: api.post("/bots", json={"name": "x"}),
    "rename a bot": lambda api, talk: api.put(f"/bots/{talk.bot}", json={"name": "x"}),
    "remove a bot": lambda api, talk: api.delete(f"/bots/{talk.bot}"),
    "say": lambda api, talk: api.post("/messages", json=talk.message()),
    "say much": lambda api, talk: api.post("/messages", json=[talk.message()] * 3),
    "list": lambda api, talk: api.get(f"/messages?conversationId={talk.conversation}"),
    "conversation": lambda api, talk: api.get(f"/conversations/{talk.conversation}"),
}


def assert_unavailable(answer):
    problem = assert_problem(answer, 503)
    assert int(answer.headers["retry-after"]) >= 0
    return problem


@pytest.mark.only("postgresql")
@pytest.mark.expects_5xx
def test_a_server_lives_through_the_death_of_its_database(backend, start_server):
    postgres = Postgres()
    try:
        url = postgres.new_database()
        assert program.run("migrate", "--database", url).returncode == 0
        with Api(start_server("--failover-wait", "0s", database=url)) as api:
            talk = Talk(api)
            messages = [talk.say("before")]
            key = {"Idempotency-Key": new_id()}

            postgres.stop()
            answers = {name: ask(api, talk) for name, ask in EXPECTED.items()}
            keyed = api.post("/messages", json=talk.message("keyed"), headers=key)
            for answer in [*answers.values(), keyed]:
                assert_unavailable(answer)
            assert api.get("/readyz").status_code == 503
            assert api.get("/healthz").status_code == 200
            assert api.get("/metrics").status_code == 200
            assert api.get("/openapi.json").status_code == 200
            assert_problem(api.post("/messages", json={}), 400)

            postgres.start()
            eventually(lambda: api.get("/readyz").status_code == 200, "ready again")
            assert talk.listed() == messages
            messages.append(api.post("/messages", json=talk.message("keyed"), headers=key).json())
            messages.append(talk.say("after"))
            assert talk.listed() == messages
    finally:
        postgres.remove()


@pytest.mark.only("postgresql")
@pytest.mark.expects_5xx
def test_nothing_acknowledged_is_lost_when_connections_are_cut(
        backend, postgres, start_server, new_database):
    database = new_database()
    with Api(start_server(database=database)) as api:
        talk = Talk(api)
        name = database.rsplit("/", 1)[1]

        def write(number):
            if number == 0:
                for _ in range(15):
                    postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                 f"datname = '{name}' AND pid <> pg_backend_pid()")
                return []
            reply = []
            for at in range(60):
                sent = talk.message(f"{number}.{at}", id=new_id())
                answer = api.post("/messages", json=sent)
                if answer.status_code != 201:
                    assert_unavailable(answer)
                    answer = eventually(
                        lambda sent=sent: retried(api, sent), "the retry succeeds")
                reply.append(answer.json())
            return reply

        acknowledged = [one for reply in crowd(9, write) for one in reply]

        stored = talk.listed()
        assert len(stored) == len(acknowledged) == 480
        key = lambda one: one["id"]  # noqa: E731
        assert sorted(stored, key=key) == sorted(acknowledged, key=key)
        assert api.get(f"/conversations/{talk.conversation}").json()["messageCount"] == 480


def retried(api, sent):
    answer = api.post("/messages", json=sent)
    assert answer.status_code in (201, 503), answer.text
    return answer if answer.status_code == 201 else None


@pytest.mark.only("postgresql")
@pytest.mark.expects_5xx
def test_a_database_that_is_not_migrated_is_not_served(backend, postgres, start_server):
    url = postgres.new_database()
    try:
        server = start_server(database=url)
    except AssertionError as refusal:
        assert "it ended at once" in str(refusal)
        return
    with Api(server) as api:
        assert api.get("/readyz").status_code == 503
        assert api.get("/healthz").status_code == 200
        assert_unavailable(api.post("/bots", json={"name": "x"}))
        assert program.run("migrate", "--database", url).returncode == 0
        eventually(lambda: api.get("/readyz").status_code == 200, "ready after the migration")
        api.new_bot()


@pytest.mark.only("sqlite")
@pytest.mark.expects_5xx
def test_a_locked_file_is_reported_and_survived(backend, start_server, new_database):
    database = new_database()
    with Api(start_server(database=database)) as api:
        talk = Talk(api)
        messages = [talk.say("before")]
        other = sqlite3.connect(database.removeprefix("sqlite:"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        assert_unavailable(api.post("/messages", json=talk.message("in vain")))
        assert talk.listed() == messages, "readers don't wait for writers"
        assert api.get("/healthz").status_code == 200

        other.execute("ROLLBACK")
        other.close()
        messages.append(talk.say("after"))
        assert talk.listed() == messages


@pytest.mark.expects_5xx
def test_overload_is_reported_and_nothing_is_stored_in_part(start_server):
    with Api(start_server("--max-queue-size", "1")) as api:
        talk = Talk(api)
        answers = crowd(
            64, lambda number: api.post("/messages", json=talk.message(f"{number}", id=new_id())))

        for answer in answers:
            if answer.status_code != 201:
                assert_unavailable(answer)
        stored = {answer.json()["id"] for answer in answers if answer.status_code == 201}
        assert stored
        assert {one["id"] for one in talk.listed()} == stored
