"""While PostgreSQL is away the server holds requests: it costs clients time, and no errors."""

import json
import selectors
import socket
import threading
import time

import pytest

from kit import server as program
from kit.api import Api, Talk, assert_problem, new_id
from kit.crowd import allow_files
from kit.keys import Keys
from kit.postgres import Postgres
from kit.raw import Raw
from kit.relay import Relay
from kit.sockets import Socket, run
from kit.wait import crowd, eventually

pytestmark = [pytest.mark.only("postgresql"), pytest.mark.expects_5xx]

HELD = "botapi_held_requests"
MIB = 1_048_576


@pytest.fixture
def own_postgres():
    """A server that a test may stop."""
    running = Postgres()
    yield running
    running.remove()


@pytest.fixture
def own_database(own_postgres):
    url = own_postgres.new_database()
    assert program.run("migrate", "--database", url).returncode == 0
    return url


def held_by(api):
    """How many requests the server holds."""
    lines = api.get("/metrics").text.splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(HELD + " ")))


def reads_of(talk):
    return {
        "a list": lambda api: api.get(f"/messages?conversationId={talk.conversation}"),
        "a bot": lambda api: api.get(f"/bots/{talk.bot}"),
        "bots": lambda api: api.get("/bots"),
        "a conversation": lambda api: api.get(f"/conversations/{talk.conversation}"),
        "conversations": lambda api: api.get(f"/conversations?botId={talk.bot}"),
        "webhooks": lambda api: api.get(f"/bots/{talk.bot}/webhooks"),
        "the end of a stream": lambda api: api.get(
            f"/messages?conversationId={talk.conversation}&after=start"),
    }


class Traffic:
    """Writers and readers that retry nothing, until `stop`."""

    def __init__(self, api, talk, writers=6):
        self.api = api
        self.talk = talk
        self.sent = [[] for _ in range(writers)]
        self.failures = []
        self.slowest = 0.0
        self.has_ended = threading.Event()
        work = [lambda reply=reply: self.write(reply) for reply in self.sent]
        work += [lambda read=read: self.note(read(api), 200) for read in reads_of(talk).values()]
        self.threads = [threading.Thread(target=self.repeat, args=(one,)) for one in work]
        for thread in self.threads:
            thread.start()

    def repeat(self, work):
        while not self.has_ended.is_set():
            began = time.monotonic()
            try:
                work()
            except Exception as failure:  # pylint: disable=broad-except
                self.failures.append(repr(failure))
            self.slowest = max(self.slowest, time.monotonic() - began)

    def write(self, reply):
        sent = self.talk.message(f"{len(reply)}", id=new_id())
        reply.append(sent["id"])
        self.note(self.api.post("/messages", json=sent), 201)

    def note(self, answer, expected):
        if answer.status_code != expected:
            self.failures.append((answer.status_code, answer.text))

    def count(self):
        return sum(len(reply) for reply in self.sent)

    def stop(self):
        self.has_ended.set()
        for thread in self.threads:
            thread.join()


def ways_to_fail(postgres):
    return {
        "stopped": postgres.stop,
        "killed": postgres.kill,
        "postmaster": postgres.kill_postmaster,
    }


@pytest.mark.parametrize("way", ["stopped", "killed", "postmaster"])
def test_no_request_fails_while_postgresql_is_away_for_seconds(
        backend, own_postgres, own_database, start_server, way):
    with Api(start_server(database=own_database)) as api:
        talk = Talk(api)
        first = talk.say("first")["id"]
        traffic = Traffic(api, talk)
        eventually(lambda: traffic.count() > 200, "they write")

        ways_to_fail(own_postgres)[way]()
        time.sleep(3)
        assert held_by(api) > 0
        own_postgres.start()
        before = traffic.count()
        eventually(lambda: traffic.count() > before + 200, "they write again")
        traffic.stop()

        assert traffic.failures == []
        assert 3 <= traffic.slowest < 10
        assert held_by(api) == 0
        sent = [first, *(one for reply in traffic.sent for one in reply)]
        assert sorted(one["id"] for one in talk.listed()) == sorted(sent), "each is stored once"


def test_after_the_wait_requests_are_refused(backend, own_postgres, own_database, start_server):
    with Api(start_server("--failover-wait", "2s", database=own_database)) as api:
        talk = Talk(api)
        own_postgres.kill()

        began = time.monotonic()
        answers = crowd(8, lambda _: api.post("/messages", json=talk.message()))
        waited = time.monotonic() - began
        for answer in answers:
            assert assert_problem(answer, 503)["type"] == "/problems/unavailable"
            assert int(answer.headers["retry-after"]) >= 0
        assert 1.9 <= waited < 3.5

        began = time.monotonic()
        assert_problem(api.post("/messages", json=talk.message()), 503)
        assert time.monotonic() - began < 1, "later ones at once"

        own_postgres.start()
        eventually(lambda: api.get("/readyz").status_code == 200, "ready again")
        talk.say("after")


def test_no_request_waits_beyond_its_own_time(backend, own_postgres, own_database, start_server):
    with Api(start_server("--request-timeout", "1s", database=own_database)) as api:
        talk = Talk(api)
        own_postgres.kill()
        eventually(lambda: api.get("/readyz").status_code == 503, "it is noticed")

        began = time.monotonic()
        assert_problem(api.post("/messages", json=talk.message()), 503)
        assert 0.9 <= time.monotonic() - began < 2


def post(server, content):
    """A connection that has sent a message, and waits for the answer."""
    raw = Raw(server)
    raw.ask("POST", "/messages", json.dumps(content), Content_Type="application/json")
    return raw


def test_a_client_that_leaves_gives_up_its_place(
        backend, own_postgres, own_database, start_server):
    server = start_server("--max-queue-size", "4", database=own_database)
    with Api(server) as api:
        talk = Talk(api)
        own_postgres.kill()
        eventually(lambda: api.get("/readyz").status_code == 503, "it is noticed")
        held = [post(server, talk.message()) for _ in range(4)]
        eventually(lambda: held_by(api) == 4, "all are held")

        refused = api.post("/messages", json=talk.message())
        assert assert_problem(refused, 503)["type"] == "/problems/overloaded"
        assert int(refused.headers["retry-after"]) >= 0
        for raw in held:
            raw.socket.close()

        eventually(lambda: held_by(api) == 0, "the places are free", 3)


def test_thousands_of_requests_are_held_in_bounded_memory(
        backend, own_postgres, own_database, start_server):
    """Of 5,000 requests 4,096 are held, and stored when PostgreSQL is back."""
    count, most = 5_000, 4_096
    allow_files(count)
    server = start_server(database=own_database)
    with Api(server) as api:
        talk = Talk(api)
        sent = [talk.message(f"{number}", id=new_id()) for number in range(count)]
        connections = [socket.create_connection((server.host, server.port)) for _ in sent]
        own_postgres.kill()
        eventually(lambda: api.get("/readyz").status_code == 503, "it is noticed")
        before = server.memory()

        for connection, content in zip(connections, sent):
            body = json.dumps(content).encode()
            connection.sendall(b"POST /messages HTTP/1.1\r\nHost: localhost\r\n"
                               b"Content-Type: application/json\r\n"
                               b"Content-Length: %d\r\n\r\n" % len(body) + body)
        eventually(lambda: held_by(api) == most, "as many as may are held")
        began = time.monotonic()
        assert api.get("/healthz").status_code == 200
        assert time.monotonic() - began < 1
        assert server.memory() - before < 64 * MIB

        own_postgres.start()
        codes = read_codes(connections)
        assert codes.count(b"503") == count - most
        assert codes.count(b"201") == most
        stored = {one["id"] for one in talk.listed()}
        assert stored == {one["id"] for one, code in zip(sent, codes) if code == b"201"}


def read_codes(connections):
    """The status of the answer on each connection, in their order."""
    codes = [b""] * len(connections)
    with selectors.DefaultSelector() as ready:
        for at, connection in enumerate(connections):
            ready.register(connection, selectors.EVENT_READ, at)
        while ready.get_map():
            found = ready.select(30)
            assert found, "no answer"
            for key, _ in found:
                codes[key.data] = key.fileobj.recv(65_536)[9:12]
                ready.unregister(key.fileobj)
                key.fileobj.close()
    return codes


def test_imports_and_sockets_get_over_a_failover(
        backend, own_postgres, own_database, start_server):
    server = start_server(database=own_database)

    def restart():
        eventually(lambda: held_by(api) >= 2, "they are held")
        own_postgres.start()

    async def send():
        async with Socket(server) as over:
            return await over.ask("send", message=talk.message("over a socket"))

    def load():
        lines = "\n".join(json.dumps(talk.message(f"{number}")) for number in range(50))
        headers = {"Content-Type": "application/x-ndjson"}
        return api.post("/messages", content=lines, headers=headers).text

    with Api(server) as api:
        talk = Talk(api)
        own_postgres.kill()
        eventually(lambda: api.get("/readyz").status_code == 503, "it is noticed")

        work = [restart, load, lambda: run(send())]
        _, report, answer = crowd(len(work), lambda at: work[at]())

        assert report.count('"status":201') == 50, report
        assert answer["type"] == "sent", answer
        assert len(talk.listed()) == 51


def test_a_server_that_ends_answers_what_it_holds(
        backend, own_postgres, own_database, start_server):
    server = start_server("--drain-timeout", "2s", database=own_database)
    with Api(server) as api:
        talk = Talk(api)
        own_postgres.kill()
        eventually(lambda: api.get("/readyz").status_code == 503, "it is noticed")
        held = post(server, talk.message())
        eventually(lambda: held_by(api) == 1, "it is held")

    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 3
    answer = held.answer()
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/unavailable"


def test_a_key_that_was_revoked_meanwhile_stores_nothing(
        backend, own_postgres, own_database, start_server):
    """Only the one server has lost its database: the key is revoked through the other."""
    relay = Relay(own_postgres.port)
    through_relay = own_database.replace(f":{own_postgres.port}/", f":{relay.port}/")
    cut_off = start_server(database=through_relay)
    keys = Keys(start_server(database=own_database))
    try:
        talk = Talk(keys.root)
        made = keys.make("messages:write", "messages:read")
        doomed = keys.client(made["token"], cut_off)
        sound = keys.client(keys.make("messages:write")["token"], cut_off)
        path = f"/messages?conversationId={talk.conversation}"
        anybody = keys.client(server=cut_off)
        eventually(lambda: anybody.get(path).status_code == 401, "it needs keys")
        eventually(lambda: doomed.get(path).status_code == 200, "the key counts")
        eventually(lambda: sound.post("/messages", json={}).status_code == 400, "this one, too")

        relay.cut()
        probe = Api(cut_off)
        eventually(lambda: probe.get("/readyz").status_code == 503, "it is noticed")

        def mend():
            root = keys.client(keys.root.headers["authorization"].split()[1], cut_off)
            eventually(lambda: held_by(root) == 3, "all are held")
            assert keys.root.delete(f"/keys/{made['id']}").status_code == 204
            relay.mend()

        work = [mend,
                lambda: doomed.post("/messages", json=talk.message("too late")),
                lambda: doomed.get(path),
                lambda: sound.post("/messages", json=talk.message("in time"))]
        _, late, read, stored = crowd(len(work), lambda at: work[at]())

        assert assert_problem(late, 401)["type"] == "/problems/unauthorized"
        assert_problem(read, 401)
        assert stored.status_code == 201, stored.text
        assert [one["text"] for one in keys.root.listed(path)] == ["in time"]
    finally:
        keys.close()
        relay.close()
