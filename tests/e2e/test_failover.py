"""PostgreSQL with standbys: the primary is found, left when it is none any more, and waited for."""

import pytest

from kit import server as program
from kit.api import Api, Talk, assert_problem, new_id
from kit.postgres import Postgres
from kit.wait import eventually

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


def test_of_several_servers_the_primary_is_used_and_its_successor_found(
        backend, primary, standby, start_server):
    name = migrated(primary)
    eventually(lambda: has_replayed(primary, standby), "the standby has the schema")
    with Api(start_server(database=url_of(primary, standby, name))) as api:
        talk = Talk(api)
        said = [talk.say(f"{number}") for number in range(5)]
        eventually(lambda: has_replayed(primary, standby), "the standby has it all")

        primary.kill()
        standby.promote()

        sent = talk.message("after", id=new_id())
        answer = eventually(lambda: stored(api, sent), "the new primary is found")
        assert talk.listed() == [*said, answer.json()]
        assert api.get(f"/conversations/{talk.conversation}").json()["messageCount"] == 6


def stored(api, sent):
    answer = api.post("/messages", json=sent)
    assert answer.status_code in (201, 503), answer.text
    return answer if answer.status_code == 201 else None


def test_a_primary_that_became_a_standby_is_left(backend, primary, standby, start_server):
    """Both go on running, and nothing breaks the connections that lead to the wrong one."""
    name = migrated(primary)
    eventually(lambda: has_replayed(primary, standby), "the standby has the schema")
    with Api(start_server(database=url_of(primary, standby, name))) as api:
        talk = Talk(api)
        said = talk.say("before")
        eventually(lambda: has_replayed(primary, standby), "the standby has it all")

        standby.promote()
        primary.make_read_only()

        sent = talk.message("after", id=new_id())
        answer = eventually(lambda: stored(api, sent), "the new primary is found", 10)
        assert talk.listed() == [said, answer.json()]
        assert standby.sql("SELECT count(*) FROM messages", name).strip() == "2"
        assert primary.sql("SELECT count(*) FROM messages", name).strip() == "1"
