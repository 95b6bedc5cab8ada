"""The limits of connections, and clients that leave."""

import json
import socket
import sqlite3
import threading
from contextlib import contextmanager

import pytest

from kit.api import Api, Talk, assert_problem, new_id
from kit.raw import Raw
from kit.wait import eventually

pytestmark = pytest.mark.only("sqlite")

BEGUN = 'botapi_coalescer_batch_size_count{queue="messages.append"}'


def counter(api, name):
    lines = api.get("/metrics").text.splitlines()
    return next((float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name)), 0)


def reached(api, limit):
    return counter(api, f'botapi_http_limits_reached_total{{limit="{limit}"}}')


def was_cut_off(server, limit):
    return any(event["event"] == "a connection was cut off" and event["limit"] == limit
               for event in server.events())


@contextmanager
def locked(server):
    """Keeps the database from being written."""
    path = server.database.removeprefix("sqlite:")
    holder = sqlite3.connect(path, isolation_level=None, timeout=30)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.rollback()
        holder.close()


def post(raw, message):
    raw.ask("POST", "/messages", json.dumps(message).encode(), Content_Type="application/json")


def test_the_length_of_a_pipeline_is_limited(start_server):
    server = start_server("--max-pipeline", "3")
    ask = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with Api(server) as api, Raw(server) as raw:
        raw.send(ask * 10)
        answers = [raw.answer() for _ in range(4)]
        assert raw.is_closed()
        assert [answer.header("connection") for answer in answers] == [None] * 3 + ["close"]
        assert reached(api, "max-pipeline") == 1
    eventually(lambda: was_cut_off(server, "max-pipeline"), "it is in the log")


def test_sequential_requests_are_not_a_pipeline(start_server):
    with Raw(start_server("--max-pipeline", "1")) as raw:
        for _ in range(20):
            raw.ask("GET", "/healthz")
            assert raw.answer().header("connection") is None


def test_the_depth_of_json_is_configurable(start_server):
    with Api(start_server("--max-json-depth", "5")) as api:
        bot = api.new_bot()
        for depth, status in ((5, 201), (6, 400)):
            metadata = {"a": 1}
            for _ in range(depth - 2):
                metadata = {"a": metadata}
            answer = api.post("/messages", json={
                "conversationId": new_id(), "from": bot, "to": new_id(), "text": "Oi!",
                "metadata": metadata})
            assert answer.status_code == status


@pytest.mark.parametrize("flags, begin, limit", [
    (("--header-timeout", "200ms"), "GET / HTTP/1.1\r\n", "header-timeout"),
    (("--body-timeout", "200ms"), "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
     "application/json\r\nContent-Length: 9\r\n\r\n", "body-timeout"),
])
def test_a_disconnected_client_is_counted_and_logged(start_server, flags, begin, limit):
    server = start_server(*flags)
    with Api(server) as api, Raw(server) as raw:
        raw.send(begin)
        assert_problem(raw.answer(), 408)
        eventually(lambda: reached(api, limit) == 1, "it is counted")
    eventually(lambda: was_cut_off(server, limit), "it is in the log")


def test_the_end_of_an_idle_connection_is_counted(start_server):
    server = start_server("--idle-timeout", "200ms")
    with Raw(server) as raw:
        assert raw.is_closed()
    with Api(server) as api:
        assert reached(api, "idle-timeout") >= 1


def test_refused_connections_are_counted_by_limit(start_server):
    server = start_server("--max-client-connections", "1")
    with Api(server) as api:
        api.get("/healthz")
        with Raw(server) as raw:
            assert raw.is_closed()
        assert reached(api, "max-client-connections") == 1


@pytest.mark.expects_5xx
def test_nothing_is_done_for_a_client_that_has_left(start_server):
    server = start_server()
    with Api(server) as api, Raw(server) as first:
        talk = Talk(api)
        wanted, unwanted = talk.message("wanted", id=new_id()), talk.message("no", id=new_id())
        with locked(server):
            post(first, wanted)
            eventually(lambda: counter(api, BEGUN) > 0, "it begins")
            with Raw(server) as second:
                post(second, unwanted)
            eventually(lambda: counter(api, "botapi_http_clients_left_total") == 1, "it is noticed")
        assert first.answer().status_code == 201
        talk.say("after")
        assert [message["text"] for message in talk.listed()] == ["wanted", "after"]


@pytest.mark.expects_5xx
def test_a_request_that_would_wait_too_long_is_refused_immediately(start_server):
    server = start_server("--queue-timeout", "100ms")
    with Api(server) as api:
        talk = Talk(api)
        answers = []

        def say():
            answers.append(api.post("/messages", json=talk.message()))

        def refusal():
            with Raw(server, timeout=0.5) as raw:
                post(raw, talk.message())
                try:
                    return raw.answer()
                except socket.timeout:  # It waits as well: nobody had waited for long enough.
                    return None

        waiting = [threading.Thread(target=say) for _ in range(2)]
        with locked(server):
            for one in waiting:
                one.start()
            refused = eventually(refusal, "one is refused at once", 8)
            assert_problem(refused, 503, "overloaded")
            assert refused.header("retry-after")
        for one in waiting:
            one.join()
        assert [answer.status_code for answer in answers] == [201, 201]
