"""A PgBouncer between the server and PostgreSQL."""

import pytest

from kit import pooler, server as program
from kit.api import Api, Talk, assert_problem, new_id
from kit.events import following
from kit.wait import crowd, eventually

pytestmark = [
    pytest.mark.only("postgresql"),
    pytest.mark.skipif(not pooler.PROGRAM, reason="PgBouncer is not installed"),
]
tracks = pytest.mark.skipif(
    pooler.version() < (1, 21),
    reason="PgBouncer is older than 1.21 and tracks no prepared statements; BOTAPI_PGBOUNCER may "
           "name a newer one")


@pytest.fixture(name="start_pooler")
def _start_pooler(postgres, tmp_path):
    """Starts a PgBouncer, which ends with the test."""
    running = []

    def start(mode, server=postgres, **settings):
        running.append(pooler.Pooler(server, tmp_path, pool_mode=mode, **settings))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture(name="tracked")
def _tracked(start_pooler):
    """A PgBouncer that changes sessions and tracks statements. Each change meets other settings and
    statements than the server's own."""
    return start_pooler("transaction", max_prepared_statements=20, default_pool_size=4)


@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("pool_size", [1, 20])
def test_a_pooler_that_changes_sessions_is_refused_in_one_sentence(
        start_pooler, new_database, mode, pool_size):
    pooled = start_pooler(mode, default_pool_size=pool_size, max_prepared_statements=0) \
        if pooler.version() >= (1, 21) else start_pooler(mode, default_pool_size=pool_size)
    url = pooled.url(new_database())

    for command in ("serve", "migrate", "check", "keys list"):
        refused = program.run(*command.split(), "--database", url, timeout=30)

        assert refused.returncode == 1
        assert refused.stderr.count("botapi: ") == 1, refused.stderr
        assert "behind a pooler that changes sessions" in refused.stderr
        assert "set pool_mode=session" in refused.stderr
        assert "max_prepared_statements" in refused.stderr


def test_a_pooler_that_keeps_sessions_serves(start_pooler, new_database, start_server):
    server = start_server(database=start_pooler("session").url(new_database()))

    with Api(server) as api:
        talk = Talk(api)
        said = [talk.say(f"Oi {number}") for number in range(20)]
        assert talk.listed() == said


@tracks
def test_a_pooler_that_tracks_statements_needs_a_direct_way_to_listen(
        tracked, new_database, postgres):
    direct = new_database()
    other = new_database()

    def refusal(*flags):
        refused = program.run("serve", "--database", tracked.url(direct), *flags, timeout=30)
        assert refused.returncode == 1
        return refused.stderr

    assert "name the server itself in --listen-database" in refusal()
    assert "is behind a pooler" in refusal("--listen-database", tracked.url(direct))
    assert "is not the one that --database names" in refusal("--listen-database", other)
    unreachable = direct.replace(f":{postgres.port}/", ":1/")
    assert "can't be reached" in refusal("--listen-database", unreachable)


@tracks
@pytest.mark.parametrize("pool_size", [1, 4])
def test_servers_work_behind_a_pooler_that_tracks_statements(
        start_pooler, postgres, new_database, start_server, pool_size):
    pooled = start_pooler("transaction", max_prepared_statements=10, default_pool_size=pool_size)
    direct = new_database()
    postgres.sql(f"ALTER DATABASE {direct.rsplit('/', 1)[1]} "
                 "SET default_transaction_isolation = serializable")
    servers = [start_server("--listen-database", direct, database=pooled.url(direct))
               for _ in range(2)]

    with Api(servers[0]) as one, Api(servers[1]) as two:
        talks = [Talk(one) for _ in range(8)]

        def work(number):
            talk = talks[number]
            with Api(servers[number % 2]) as api:
                said = []
                for turn in range(25):
                    message = talk.message(f"Oi {turn}", id=new_id())
                    stored = api.post("/messages", json=message)
                    assert stored.status_code == 201, stored.text
                    assert api.get(f"/messages/{message['id']}").json() == stored.json()
                    said.append(stored.json())
                return said

        said = crowd(len(talks), work)

        for talk, expected in zip(talks, said):
            assert two.listed(conversationId=talk.conversation, limit=100) == expected


@tracks
def test_a_server_hears_of_another_one_through_its_direct_way(
        tracked, new_database, start_server):
    direct = new_database()
    database = tracked.url(direct)
    writer = start_server("--listen-database", direct, database=database)
    reader = start_server("--listen-database", direct, database=database)

    with Api(writer) as api:
        talk = Talk(api)
        talk.say("Oi")
        with Api(reader) as other, following(other, conversationId=talk.conversation) as stream:
            stream.take(1)
            said = [talk.say(f"Oi {number}") for number in range(5)]
            assert [event.data for event in stream.take(5)] == said


@tracks
def test_commands_work_through_a_pooler_that_tracks_statements(tracked, postgres):
    url = tracked.url(postgres.new_database())

    for command in ("migrate", "migrate", "keys create --name ops --scope messages:read",
                    "keys list", "check", "check --repair", "check --repair --apply"):
        done = program.run(*command.split(), "--database", url)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


@tracks
def test_nothing_of_the_server_stays_in_the_sessions_of_a_pooler(
        start_pooler, postgres, new_database, start_server):
    """But `extra_float_digits`: SOCI sets it to 3, which PostgreSQL treats as its default of 1."""
    pooled = start_pooler("transaction", max_prepared_statements=100, default_pool_size=1)
    direct = new_database()
    with Api(start_server("--listen-database", direct, database=pooled.url(direct))) as api:
        talk = Talk(api)
        talk.say("Oi")
        talk.listed()

        left = postgres.run(
            "psql", "-X", "-A", "-t", "-d", pooled.url(direct), "-c",
            "SELECT name || '=' || setting FROM pg_settings WHERE source = 'session'"
            " AND name NOT IN ('application_name', 'client_encoding', 'DateStyle', 'TimeZone',"
            " 'IntervalStyle', 'standard_conforming_strings', 'extra_float_digits')")

    assert left.strip() == ""


@tracks
@pytest.mark.expects_5xx
def test_a_database_that_was_replaced_behind_a_pooler_is_noticed(
        start_pooler, postgres, new_database, start_server):
    pooled = start_pooler("transaction", max_prepared_statements=100)
    direct = new_database()
    name = direct.rsplit("/", 1)[1]
    with Api(start_server("--listen-database", direct, database=pooled.url(direct))) as api:
        talk = Talk(api)
        talk.say("Oi")

        postgres.sql(f"DROP DATABASE {name} WITH (FORCE)")
        postgres.sql(f"CREATE DATABASE {name} TEMPLATE template0")
        migrated = program.run("migrate", "--database", direct)
        assert migrated.returncode == 0, migrated.stderr

        assert_problem(api.post("/messages", json=talk.message("Lost?")), 503, "unavailable")
        eventually(lambda: api.get("/readyz").status_code == 503, "the server notices it")
        assert postgres.sql("SELECT count(*) FROM messages", database=name).strip() == "0"


@tracks
@pytest.mark.expects_5xx
def test_the_server_goes_on_after_all_sessions_behind_a_pooler_were_ended(
        start_pooler, new_database, start_server, postgres):
    pooled = start_pooler("transaction", max_prepared_statements=100)
    direct = new_database()
    with Api(start_server("--listen-database", direct, database=pooled.url(direct))) as api:
        talk = Talk(api)
        before = talk.say("before")

        def is_stored(message):
            return api.post("/messages", json=message).status_code in (200, 201)

        for _ in range(2):
            terminate(postgres)
            message = talk.message("after", id=new_id())
            eventually(lambda m=message: is_stored(m), "it stores again")

        assert talk.listed()[0] == before
        assert len(talk.listed()) == 3


def terminate(postgres):
    """Ends every session of a client."""
    postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                 " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
