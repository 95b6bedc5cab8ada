"""CORS: only where it was configured."""

import pytest

from kit.api import Api, new_id

ORIGIN = "https://app.example"
PATHS = ["/bots", f"/bots/{new_id()}", "/messages", f"/messages/{new_id()}", "/conversations"]


def words(answer, header):
    return {word.strip().lower() for word in answer.headers.get(header, "").split(",")}


def preflight(api, path, method="POST", origin=ORIGIN, headers="content-type, idempotency-key"):
    return api.options(path, headers={
        "Origin": origin, "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers})


@pytest.fixture(scope="module")
def cors(new_database, launch):
    server = launch(new_database(), "--cors-origin", ORIGIN)
    with Api(server) as api:
        yield api
    assert server.stop() == 0


@pytest.fixture(scope="module")
def cors_for_all(new_database, launch):
    server = launch(new_database(), "--cors-origin", "*")
    with Api(server) as api:
        yield api
    assert server.stop() == 0


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_is_answered(cors, path):
    method = "PATCH" if path.startswith("/bots/") else "GET"

    answer = preflight(cors, path, method)

    assert answer.status_code in (200, 204)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert method.lower() in words(answer, "access-control-allow-methods")
    assert {"content-type", "idempotency-key"} <= words(answer, "access-control-allow-headers")
    assert "origin" in words(answer, "vary")


def test_pages_may_send_keys_and_tokens(cors):
    answer = preflight(cors, "/messages", "GET", headers="authorization")

    assert "authorization" in words(answer, "access-control-allow-headers")


def test_conditional_requests_are_allowed(cors):
    answer = preflight(cors, f"/bots/{new_id()}", "PUT", headers="if-match, if-none-match")

    assert {"if-match", "if-none-match"} <= words(answer, "access-control-allow-headers")


def test_answers_and_errors_can_be_read_by_the_page(cors):
    created = cors.post("/bots", json={"name": "Aureo"}, headers={"Origin": ORIGIN})
    failed = cors.get("/messages", headers={"Origin": ORIGIN})
    lost = cors.get("/nothing", headers={"Origin": ORIGIN})

    assert (created.status_code, failed.status_code, lost.status_code) == (201, 400, 404)
    for answer in (created, failed, lost):
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "origin" in words(answer, "vary")
    assert {"etag", "link", "location"} <= words(created, "access-control-expose-headers")


@pytest.mark.parametrize("origin", ["https://evil.example", "http://app.example", "null",
                                    "https://app.example.evil.example", "https://app.example:8443"])
def test_other_origins_get_nothing(cors, origin):
    for answer in (preflight(cors, "/bots", origin=origin),
                   cors.get("/bots", headers={"Origin": origin})):
        assert "access-control-allow-origin" not in answer.headers
        assert "origin" in words(answer, "vary"), "a cache must not mix up the two"


def test_every_origin_can_be_allowed(cors_for_all):
    for answer in (preflight(cors_for_all, "/messages"),
                   cors_for_all.get("/bots", headers={"Origin": ORIGIN})):
        assert answer.headers["access-control-allow-origin"] in ("*", ORIGIN)
        assert "access-control-allow-credentials" not in answer.headers


def test_without_configuration_there_is_no_cors(api):
    for answer in (preflight(api, "/messages"),
                   api.get("/bots?limit=1", headers={"Origin": ORIGIN}),
                   api.get("/nothing", headers={"Origin": ORIGIN})):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("headers", [
    "cache-control, traceparent", "X-Anything", "x-a,x-b ,\tx-c", "prefer, tracestate, baggage",
    "last-event-id, x-requested-with"])
def test_a_page_may_send_any_header(cors, headers):
    answer = preflight(cors, "/messages", headers=headers)

    assert {name.strip().lower() for name in headers.split(",")} == words(
        answer, "access-control-allow-headers")
    assert "access-control-request-headers" in words(answer, "vary")


@pytest.mark.parametrize("headers", ["a b", "x:y", "x(", "x, y z", '"x"', "x;y"])
def test_what_is_no_name_of_a_header_is_not_allowed(cors, headers):
    answer = preflight(cors, "/messages", headers=headers)

    assert answer.status_code == 204
    assert "access-control-allow-headers" not in answer.headers


def test_another_origin_is_not_told_of_headers(cors):
    answer = preflight(cors, "/messages", origin="https://evil.example", headers="x-a")

    assert "access-control-allow-headers" not in answer.headers


@pytest.fixture(scope="module")
def cors_for_some(new_database, launch):
    server = launch(new_database(), "--cors-origin", "https://chat.example.com:443",
                    "--cors-origin", "http://plain.example:80",
                    "--cors-origin", "https://*.wide.example",
                    "--cors-origin", "http://*.port.example:8080")
    with Api(server) as api:
        yield api
    assert server.stop() == 0


@pytest.mark.parametrize("origin", [
    "https://chat.example.com", "http://plain.example", "https://a.wide.example",
    "https://a.b-c.wide.example", "http://x.port.example:8080"])
def test_origins_with_default_ports_and_subdomains_are_allowed(cors_for_some, origin):
    for answer in (preflight(cors_for_some, "/bots", origin=origin),
                   cors_for_some.get("/bots", headers={"Origin": origin})):
        assert answer.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize("origin", [
    "http://chat.example.com", "https://chat.example.com:444", "https://wide.example",
    "https://.wide.example", "https://a..wide.example", "http://a.wide.example",
    "https://a.wide.example:8443", "https://evil/.wide.example", "https://evil:1.wide.example",
    "https://a.wide.example.evil.example", "https://xwide.example", "https://A.wide.example",
    "http://x.port.example", "https://x@y.wide.example", "null"])
def test_origins_beside_them_are_not(cors_for_some, origin):
    answer = cors_for_some.get("/bots", headers={"Origin": origin})

    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
