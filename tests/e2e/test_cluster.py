"""Several servers on one database, behind HAProxy, as compose/scaled configures it."""

import threading
import time

import pytest

from kit import pooler
from kit.api import Api, Talk
from kit.cluster import Cluster
from kit.proxies import is_installed
from kit.visitor import Visitor
from kit.wait import eventually

pytestmark = [
    pytest.mark.only("postgresql"),
    pytest.mark.skipif(not is_installed("haproxy"), reason="haproxy is not installed"),
]
SERVERS = 3


@pytest.fixture
def cluster(new_database, tmp_path):
    running = Cluster(new_database(), tmp_path, SERVERS)
    yield running
    running.stop()


@pytest.fixture(params=[
    pytest.param("session", marks=pytest.mark.skipif(
        not pooler.PROGRAM, reason="PgBouncer is not installed")),
    pytest.param("transaction", marks=pytest.mark.skipif(
        not pooler.tracks_statements(),
        reason="PgBouncer is older than 1.21; BOTAPI_PGBOUNCER may name a newer one")),
])
def pooled_cluster(request, postgres, new_database, tmp_path):
    """The same with a PgBouncer in front of PostgreSQL."""
    direct = new_database()
    pool = pooler.for_servers(SERVERS, postgres, tmp_path, request.param)
    try:
        running = Cluster(pool.url(direct), tmp_path, SERVERS, flags=pool.flags(direct))
        yield running
        running.stop()
    finally:
        pool.stop()


@pytest.fixture
def talk(cluster):
    with Api(cluster.balancer) as api:
        yield Talk(api)


class Writer(Visitor):
    """A visitor behind HAProxy, which says if its connection to a server broke."""

    pause = 0.2  # A server that is being killed may still take connections for a millisecond.

    def check_answer(self, body):
        if b"/problems/outcome-unknown" in body:
            raise ConnectionError("HAProxy lost its server")


class Writers:
    """Writers that go on while the block runs."""

    def __init__(self, cluster, talk, count=8):
        self.talk, self.is_over = talk, threading.Event()
        self.all = [Writer(cluster.balancer, talk, self.is_over) for _ in range(count)]

    def __enter__(self):
        for writer in self.all:
            writer.start()
        self.go_on()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for writer in self.all:
            writer.join()

    def stored(self):
        return [message for writer in self.all for message in writer.stored]

    def go_on(self, count=50):
        """Returns once so many more messages are stored."""
        before = len(self.stored())
        eventually(lambda: len(self.stored()) >= before + count, "messages are stored")

    def check(self):
        """Nothing failed, and what was stored is there, once."""
        assert [writer.refused for writer in self.all] == [[]] * len(self.all)
        listed = [said["id"] for said in
                  self.talk.api.listed(conversationId=self.talk.conversation)]
        assert sorted(listed) == sorted(self.stored())


def requests_of(server):
    with Api(server) as api:
        lines = api.get("/metrics").text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines
               if line.startswith("botapi_http_requests_total") and '"/messages' in line)


def test_servers_take_turns(cluster, talk):
    for _ in range(30):
        talk.say()

    assert len(talk.listed()) == 30
    assert all(requests_of(server) >= 5 for server in cluster.servers)


def test_a_follower_hears_what_another_server_stored(cluster, talk):
    talk.say("first")
    with Api(cluster.servers[0]) as follower, Api(cluster.servers[1]) as writer:
        listed = follower.get("/messages", params={"conversationId": talk.conversation})
        after = {"conversationId": talk.conversation, "after": listed.headers["stream-cursor"],
                 "wait": "20"}
        heard = []
        waiting = threading.Thread(
            target=lambda: heard.extend(follower.get("/messages", params=after).json()))
        waiting.start()
        second = writer.post("/messages", json=talk.message("second")).json()
        waiting.join(15)
    assert heard == [second]


def test_a_server_that_is_killed_under_load_costs_a_retry_at_most(cluster, talk):
    with Writers(cluster, talk) as writers:
        for number in range(SERVERS):
            cluster.kill(number)
            writers.go_on()
            cluster.start_again(number)
            writers.go_on()
            time.sleep(1)  # So that no request meets two kills.
    writers.check()


def test_behind_a_pooler_a_server_that_is_killed_costs_a_retry_at_most(pooled_cluster):
    with Api(pooled_cluster.balancer) as api:
        with Writers(pooled_cluster, Talk(api)) as writers:
            pooled_cluster.kill(0)
            writers.go_on()
            pooled_cluster.start_again(0)
            writers.go_on()
        writers.check()


def test_a_rolling_upgrade_fails_no_request(cluster, talk):
    with Writers(cluster, talk) as writers:
        for number in range(SERVERS):
            cluster.upgrade(number)
            writers.go_on()
            time.sleep(1.5)  # Until HAProxy has seen the new one.
    writers.check()
    assert [writer.retries for writer in writers.all] == [0] * len(writers.all)


@pytest.mark.expects_5xx
def test_a_server_that_leaves_says_so_and_serves_meanwhile(start_server):
    server = start_server("--shutdown-delay", "3s")
    with Api(server) as api:
        assert api.get("/healthz").status_code == 200
        server.ask_to_end()
        left = eventually(lambda: (found := api.get("/healthz")).status_code == 503 and found,
                          "it says that it leaves")
        assert left.json()["type"] == "/problems/unavailable"
        assert left.headers["connection"] == "close"
        assert api.get("/readyz").status_code == 503
        assert api.new_bot()
    assert server.process.wait(20) == 0


def test_without_a_server_haproxy_answers_with_a_problem(cluster, talk):
    for number in range(SERVERS):
        cluster.kill(number)
    answers = [talk.api.post("/messages", json=talk.message()) for _ in range(3)]

    for answer in answers:
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "1"
        assert answer.json()["status"] == 503
        assert answer.json()["type"] in ("/problems/unavailable", "/problems/outcome-unknown")
    for number in range(SERVERS):
        cluster.start_again(number)
    eventually(lambda: talk.api.get("/healthz").status_code == 200, "they are back")
