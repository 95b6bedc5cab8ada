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
