"""Reads from standbys: what they show, how old it may be, and what happens when one is behind."""

import itertools
import threading
import time

import pytest

from kit import server as program
from kit.api import Api, Talk, new_id
from kit.postgres import Postgres
from kit.wait import eventually

pytestmark = pytest.mark.only("postgresql")
TOKEN = "Consistency-Token"


@pytest.fixture(scope="module")
def primary():
    running = Postgres(wal_level="replica", max_wal_senders=8, hot_standby="on",
                       wal_retrieve_retry_interval="200ms")
    yield running
    running.remove()


@pytest.fixture
def standbys(primary):
    running = [primary.new_standby(), primary.new_standby()]
    yield running
    for one in running:
        one.remove()


@pytest.fixture
def database(primary):
    url = primary.new_database()
    assert program.run("migrate", "--database", url).returncode == 0
    return url


def replica_flags(standbys, database, *more):
    name = database.rsplit("/", 1)[1]
    flags = [("--read-replica", f"postgresql://botapi@127.0.0.1:{one.port}/{name}")
             for one in standbys]
    return (*itertools.chain.from_iterable(flags), *more)


@pytest.fixture
def replicated(start_server, standbys, database):
    """A client of a server that reads from two standbys."""
    with Api(start_server(*replica_flags(standbys, database), database=database)) as api:
        wait_for_replicas(api, 2)
        yield api


def wait_for_replicas(api, count):
    eventually(lambda: sum(one["serves"] for one in api.get("/readyz").json()["replicas"]) == count,
               f"{count} replicas serve")


def statements_of(postgres, database):
    """How many transactions the sessions of servers have ended there."""
    name = database.rsplit("/", 1)[1]
    postgres.sql("SELECT pg_stat_clear_snapshot()")
    return int(postgres.sql(
        f"SELECT xact_commit FROM pg_stat_database WHERE datname = '{name}'").strip())


def reads_of(api):
    lines = api.get("/metrics").text.splitlines()
    return {line.split('"')[1]: float(line.rsplit(" ", 1)[1]) for line in lines
            if line.startswith("botapi_replica_reads_total")}


def test_reads_come_from_standbys_and_say_how_old_they_are(backend, replicated):
    talk = Talk(replicated)
    said = talk.say("one")
    token = replicated.post("/messages", json=talk.message("two")).headers[TOKEN]
    assert len(replicated.get("/messages", params={"conversationId": talk.conversation},
                              headers={TOKEN: token}).json()) == 2
    before = reads_of(replicated)
    paths = [f"/messages/{said['id']}", f"/messages?conversationId={talk.conversation}",
             f"/messages?conversationId={talk.conversation}&limit=1",
             f"/messages?botId={talk.bot}", f"/conversations/{talk.conversation}",
             f"/conversations?botId={talk.bot}", f"/bots/{talk.bot}", "/bots"]
    for path in paths:
        answer = replicated.get(path)
        assert answer.status_code == 200, path
        assert 0 < float(answer.headers["staleness"]) <= 1, path
    after = reads_of(replicated)
    assert sum(after.values()) >= sum(before.values()) + len(paths)
    assert all(after[name] > before[name] for name in after), "they take turns"


def test_latest_asks_the_primary(backend, replicated):
    talk = Talk(replicated)
    for number in range(20):
        said = talk.say(f"{number}")
        before = reads_of(replicated)
        answer = replicated.get(f"/messages/{said['id']}", headers={TOKEN: "latest"})
        assert answer.json() == said
        assert float(answer.headers["staleness"]) == 0
        assert reads_of(replicated) == before


def test_a_read_with_a_token_sees_its_write_on_every_server(
        backend, standbys, database, start_server):
    """Also where the standbys are two seconds behind."""
    flags = replica_flags(standbys, database)
    with Api(start_server(*flags, database=database)) as left, \
            Api(start_server(*flags, database=database)) as right:
        wait_for_replicas(left, 2)
        wait_for_replicas(right, 2)
        talk = Talk(left)
        for delay in ("0", "2s"):
            for one in standbys:
                one.sql(f"ALTER SYSTEM SET recovery_min_apply_delay = '{delay}'")
                one.sql("SELECT pg_reload_conf()")
            for number in range(200):
                written = left.post("/messages", json=talk.message(f"{delay} {number}"))
                read = right.get(f"/messages/{written.json()['id']}",
                                 headers={TOKEN: written.headers[TOKEN]})
                assert read.status_code == 200, (delay, number)
                listed = right.get("/messages", params={"conversationId": talk.conversation,
                                                        "order": "desc", "limit": 1},
                                   headers={TOKEN: written.headers[TOKEN]})
                assert listed.json() == [written.json()]


def test_a_standby_that_falls_behind_is_left_and_taken_again(backend, standbys, database,
                                                             start_server):
    with Api(start_server(*replica_flags(standbys[:1], database), database=database)) as api:
        wait_for_replicas(api, 1)
        talk = Talk(api)
        standbys[0].sql("SELECT pg_wal_replay_pause()")
        said = talk.say("late")
        seen = []

        def is_there():
            began = time.monotonic()
            answer = api.get(f"/messages/{said['id']}")
            seen.append((answer.status_code, float(answer.headers["staleness"]), began))
            return answer.status_code == 200

        written = time.monotonic()
        eventually(is_there, "the primary answers, because the standby is too old")
        for status, staleness, began in seen:
            assert staleness <= 1.0
            if status == 404:
                assert began - written <= 1.0 + staleness
        wait_for_replicas(api, 0)
        standbys[0].sql("SELECT pg_wal_replay_resume()")
        wait_for_replicas(api, 1)


@pytest.mark.expects_5xx
def test_reads_go_on_while_standbys_and_the_primary_come_and_go(backend, standbys, database,
                                                                primary, start_server):
    flags = replica_flags(standbys, database, "--failover-wait", "0s")
    with Api(start_server(*flags, database=database)) as api:
        wait_for_replicas(api, 2)
        talk = Talk(api)
        said = talk.say("here")
        token = api.post("/messages", json=talk.message()).headers[TOKEN]
        assert api.get(f"/messages/{said['id']}", headers={TOKEN: token}).status_code == 200
        standbys[0].kill()
        for _ in range(30):
            assert api.get(f"/messages/{said['id']}").status_code == 200
        wait_for_replicas(api, 1)
        standbys[0].start()
        wait_for_replicas(api, 2)

        primary.kill()
        try:
            time.sleep(1.5)
            for _ in range(10):
                answer = api.get(f"/messages/{said['id']}")
                assert answer.status_code == 200
                assert float(answer.headers["staleness"]) > 1
            listed = api.get(f"/messages?conversationId={talk.conversation}&after=start")
            assert listed.status_code == 200 and len(listed.json()) == 2
            assert api.get(f"/messages/{said['id']}", headers={TOKEN: "latest"}).status_code == 503
            assert api.get(f"/messages/{said['id']}", headers={TOKEN: token}).status_code == 200
        finally:
            primary.start()
        eventually(lambda: api.post("/messages", json=talk.message()).status_code == 201,
                   "it writes again")


def test_while_writes_are_held_reads_go_on(backend, standbys, database, primary, start_server):
    with Api(start_server(*replica_flags(standbys, database), database=database)) as api:
        wait_for_replicas(api, 2)
        talk = Talk(api)
        said = talk.say("here")
        primary.kill()
        answers = []
        held = threading.Thread(
            target=lambda: answers.append(api.post("/messages", json=talk.message("held"))))
        held.start()
        try:
            time.sleep(1)
            began = time.monotonic()
            for _ in range(50):
                answer = api.get(f"/messages?conversationId={talk.conversation}")
                assert answer.json() == [said]
            assert time.monotonic() - began < 3
            assert not answers
        finally:
            primary.start()
        held.join()
        assert answers[0].status_code == 201
        listed = api.get(f"/messages?conversationId={talk.conversation}",
                         headers={TOKEN: answers[0].headers[TOKEN]})
        assert listed.json() == [said, answers[0].json()]


def test_followers_of_a_standby_skip_nothing(backend, replicated, start_server, database):
    """Six writers in many conversations of one bot, at once."""
    bot = replicated.new_bot()
    is_over = threading.Event()
    stored = []

    def write():
        with Api(replicated.server) as api:
            talk = new_id()
            while not is_over.is_set():
                sent = [{"conversationId": talk, "from": bot, "to": new_id(), "text": "x"}
                        for _ in range(3)]
                stored.extend(one["id"] for one in api.post("/messages", json=sent).json())

    writers = [threading.Thread(target=write) for _ in range(6)]
    for one in writers:
        one.start()
    seen, after = [], "start"
    until = time.monotonic() + 6
    while time.monotonic() < until or after:
        answer = replicated.get("/messages", params={"botId": bot, "after": after, "limit": 500})
        assert answer.status_code == 200, answer.text
        seen.extend(one["id"] for one in answer.json())
        if time.monotonic() >= until:
            if not is_over.is_set():
                is_over.set()
                for one in writers:
                    one.join()
            elif not answer.json():
                break
        after = answer.headers["stream-cursor"]
    assert len(seen) == len(set(seen))
    assert sorted(seen) == sorted(stored)
    assert sum(reads_of(replicated).values()) > 0


def test_a_replica_of_another_cluster_is_refused(backend, database):
    other = Postgres()
    try:
        url = other.new_database()
        assert program.run("migrate", "--database", url).returncode == 0
        refused = program.run("serve", "--database", database, "--read-replica", url,
                              "--listen", "127.0.0.1:0")
        assert refused.returncode == 1
        assert "no copy of the database" in refused.stderr
        assert "--read-replica" in refused.stderr
    finally:
        other.remove()


def test_several_hosts_are_several_replicas(backend, standbys, database, start_server):
    name = database.rsplit("/", 1)[1]
    hosts = ",".join(f"127.0.0.1:{one.port}" for one in standbys)
    url = f"postgresql://botapi@{hosts}/{name}"
    with Api(start_server("--read-replica", url, database=database)) as api:
        wait_for_replicas(api, 2)


@pytest.mark.expects_5xx
def test_a_promoted_standby_serves_as_the_primary_and_the_other_follows(
        backend, standbys, database, primary, start_server):
    name = database.rsplit("/", 1)[1]
    hosts = ",".join(f"127.0.0.1:{one.port}" for one in (primary, *standbys))
    url = f"postgresql://botapi@{hosts}/{name}"
    with Api(start_server("--read-replica", url, database=url)) as api:
        wait_for_replicas(api, 2)
        talk = Talk(api)
        said = talk.say("before")
        reached = primary.sql("SELECT pg_current_wal_lsn()").strip()
        for one in standbys:
            eventually(lambda at=one: at.sql(
                f"SELECT pg_last_wal_replay_lsn() >= '{reached}'").strip() == "t", "it has it")
        primary.stop()
        try:
            standbys[0].promote()
            standbys[1].sql("ALTER SYSTEM SET primary_conninfo = "
                            f"'host=127.0.0.1 port={standbys[0].port} user=botapi'")
            standbys[1].sql("SELECT pg_reload_conf()")
            written = eventually(
                lambda: (found := api.post("/messages", json=talk.message("after"))).status_code
                == 201 and found, "it writes again", 20)
            wait_for_replicas(api, 1)
            read = api.get(f"/messages/{written.json()['id']}",
                           headers={TOKEN: written.headers[TOKEN]})
            assert read.status_code == 200
            assert api.get(f"/messages/{said['id']}").status_code == 200
            eventually(lambda: float(api.get(f"/messages/{said['id']}").headers["staleness"]) > 0,
                       "the other standby serves")
        finally:
            primary.start()
