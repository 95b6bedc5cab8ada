"""What a server shows of itself: its root, paths with a slash too many, and how often it may be asked."""

import threading
import time

import pytest

from kit.api import Api, assert_problem, new_id
from kit.raw import Raw, once

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize("accept", ["*/*", "application/json", None, "application/*", "image/png"])
def test_the_root_tells_programs_what_there_is(api, accept):
    headers = {"Accept": accept} if accept else {}
    with Api(api.server) as client:
        del client.headers["accept"]
        answer = client.get("/", headers=headers)

        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        for path in answer.json().values():
            assert client.get(path).status_code in (200, 400, 426), path


@pytest.mark.parametrize("accept", [BROWSER, "text/html", "text/html, application/json;q=0.9"])
def test_the_root_shows_people_a_page(api, accept):
    answer = api.get("/", headers={"Accept": accept})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "style-src 'self'" in answer.headers["content-security-policy"]
    assert 'href="./docs"' in answer.text
    assert "Accept" in answer.headers["vary"]
    known = api.get("/", headers={"Accept": accept, "If-None-Match": answer.headers["etag"]})
    assert known.status_code == 304


def test_the_root_may_be_asked_by_other_methods(api, server):
    head, options = api.head("/"), api.options("/")

    assert (head.status_code, head.content) == (200, b"")
    assert options.status_code == 204
    assert "GET" in options.headers["allow"]
    assert_problem(api.post("/", json={}), 405)
    assert once(server, "GET", "/").status_code == 200


@pytest.mark.parametrize("path, target", [
    ("/bots/", "/bots"), ("/bots/?limit=1", "/bots?limit=1"), ("/bots//", "/bots"),
    ("/messages/?conversationId=x&limit=1", "/messages?conversationId=x&limit=1"),
    ("/docs/", "/docs"), ("/problems/", "/problems"), ("/healthz/", "/healthz"),
    ("//", "/"), ("///", "/"), ("/bots/?a=//evil.example/", "/bots?a=//evil.example/"), ("/bots/?", "/bots?"),
    (f"/bots/{'0' * 8}/", f"/bots/{'0' * 8}"), ("/stream/?access_token=bt_x", "/stream?access_token=bt_x"),
])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_a_slash_too_many_is_redirected(server, method, path, target):
    answer = once(server, method, path)

    assert answer.status_code == 308
    assert answer.header("location") == target


@pytest.mark.parametrize("path", [
    "//evil.example", "//evil.example/", "//bots", "//bots/", "/nothing/", "/bots/x/y/",
    "/%2f/", "/bots%2f", "//evil.example/..", "/\\/"])
def test_nothing_else_is_redirected(server, path):
    answer = once(server, "GET", path)

    assert answer.status_code in (400, 404)
    assert answer.header("location") is None


def test_a_redirected_request_is_carried_out(api):
    answer = api.post("/bots/", json={"name": "Aureo"}, follow_redirects=True)

    assert answer.status_code == 201
    assert api.options("/bots/").status_code == 204


ROUTES = ["/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/asyncapi.json", "/docs",
          "/docs/docs.css", "/problems", "/problems/not-found", "/bots", f"/messages/{new_id()}",
          "/nothing", "/bots/", "/stream"]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "PUT"])
def test_every_route_is_under_the_rates(start_server, method, path):
    server = start_server("--max-client-rate", "2")
    with Api(server) as api:
        answers = [api.request(method, path) for _ in range(12)]

    assert answers[0].status_code != 429
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert_problem(refused[0], 429, "too-many-requests")
    assert refused[0].headers["retry-after"]


def looks(api):
    """How often the database was asked whether it can serve."""
    for line in api.get("/metrics").text.splitlines():
        if line.startswith("botapi_storage_duration_seconds_count") and 'operation="ready"' in line:
            return float(line.split()[-1])
    raise AssertionError("no metric counts it")


def test_readiness_is_asked_for_four_times_a_second_at_most(start_server):
    with Api(start_server()) as api:
        before, since = looks(api), time.monotonic()

        def probe():
            with Raw(api.server) as raw:
                for _ in range(100):
                    raw.ask("GET", "/readyz")
                    assert raw.answer().status_code == 200
        probes = [threading.Thread(target=probe) for _ in range(8)]
        for one in probes:
            one.start()
        for one in probes:
            one.join()
        passed = time.monotonic() - since

        assert 1 <= looks(api) - before <= 4 * passed + 2


HOSTS = ["localhost", "LOCALHOST:1", "localhost.", "x.localhost:8000", "127.0.0.1", "127.9.9.9:80",
         "[::1]", "[::1]:8000"]
STRANGE_HOSTS = ["evil.example", "evil.example:8000", "x127.0.0.1.evil.example", "10.0.0.1",
                 "localhost.evil.example", "[::2]", "0.0.0.0", "x"]


def ask_as(server, host, method="GET", target="/bots?limit=1", fields="", body=""):
    with Raw(server) as raw:
        raw.send(f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{fields}"
                 f"Content-Length: {len(body)}\r\n\r\n{body}")
        return raw.answer()


@pytest.mark.parametrize("host", HOSTS)
def test_without_keys_loopback_names_are_served(server, host):
    assert ask_as(server, host).status_code == 200


KEY = '{"name":"stolen","scopes":["admin"]}'
JSON = "Content-Type: application/json\r\n"


@pytest.mark.parametrize("host", STRANGE_HOSTS)
def test_without_keys_nobody_comes_in_by_another_name(server, host):
    """A page that gives itself a name for this machine is of the same origin as the server."""
    for method, target, fields, body in (
            ("GET", "/bots?limit=1", "", ""), ("POST", "/keys", JSON, KEY), ("GET", "/metrics", "", ""),
            ("GET", "/openapi.json", "", ""), ("GET", "/nothing", "", ""),
            ("GET", "/stream", "Connection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
             f"Origin: http://{host}\r\n", "")):
        problem = assert_problem(ask_as(server, host, method, target, fields, body), 403, "forbidden")
        assert "--allowed-host" in problem["detail"]
    assert ask_as(server, "localhost", target=f"http://{host}/bots").status_code == 403
    for path in ("/healthz", "/readyz"):
        assert ask_as(server, host, target=path).status_code == 200, "probes know an address only"


@pytest.mark.parametrize("origin", ["http://evil.example", "https://evil.example", "null",
                                    "http://localhost.evil.example", "file://"])
def test_without_keys_a_page_from_elsewhere_writes_nothing(server, origin):
    answer = ask_as(server, "localhost", "POST", "/bots", JSON + f"Origin: {origin}\r\n",
                    '{"name":"x"}')
    assert_problem(answer, 403, "forbidden")


@pytest.mark.parametrize("origin", ["http://localhost", "http://localhost:3000", "http://127.0.0.1:1",
                                    "http://[::1]:8000"])
def test_without_keys_a_page_of_this_machine_writes(server, origin):
    answer = ask_as(server, "localhost", "POST", "/bots", JSON + f"Origin: {origin}\r\n",
                    '{"name":"x"}')
    assert answer.status_code == 201


def test_other_names_can_be_allowed(start_server):
    server = start_server("--allowed-host", "botapi", "--allowed-host", "chat.example.com")
    for host in ("botapi:8000", "Chat.Example.com", "localhost"):
        assert ask_as(server, host).status_code == 200
    for host in ("botapi2", "x.chat.example.com"):
        assert ask_as(server, host).status_code == 403


def test_with_keys_any_name_will_do(keys):
    made = keys.make("bots:read")["token"]
    answer = ask_as(keys.server, "evil.example", fields=f"Authorization: Bearer {made}\r\n")
    assert answer.status_code == 200
    assert ask_as(keys.server, "evil.example").status_code == 401
