"""Routes, methods and media types."""

import pytest

from kit.api import assert_problem, new_id
from kit.raw import Raw, once

ROUTES = {  # The methods of each route, apart from OPTIONS.
    "/bots": {"GET", "HEAD", "POST"},
    "/bots/{id}": {"GET", "HEAD", "PUT", "PATCH", "DELETE"},
    "/messages": {"GET", "HEAD", "POST"},
    "/messages/{id}": {"GET", "HEAD"},
    "/stream": {"GET", "HEAD"},
    "/conversations": {"GET", "HEAD"},
    "/conversations/{id}": {"GET", "HEAD"},
    "/healthz": {"GET", "HEAD"},
    "/readyz": {"GET", "HEAD"},
    "/metrics": {"GET", "HEAD"},
    "/openapi.json": {"GET", "HEAD"},
    "/asyncapi.json": {"GET", "HEAD"},
    "/docs": {"GET", "HEAD"},
    "/problems/malformed-json": {"GET", "HEAD"},
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def allowed(answer):
    return {word.strip() for word in answer.headers["allow"].split(",")} - {"OPTIONS"}


@pytest.mark.parametrize("path", [
    "/nothing", "/Bots", "/bot", "/botsy", "/messages/x/y", "/bots/x/messages", "/api/bots",
    "/v1/bots", "/favicon.txt", "/bots%2f1", "/../etc/passwd", "/./bots/..",
    "/conversations/x/messages", "/%2e%2e/%2e%2e/etc/passwd",
])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_route_is_not_found(server, method, path):
    answer = once(server, method, path, body=b"{}", Content_Type="application/json")

    assert_problem(answer, 404)


@pytest.mark.parametrize("path", [
    "/problems/no-such", "/docs/no-such.js", "/docs/../../etc/passwd",
    "/docs/..%2f..%2fetc%2fpasswd",
    "/problems/x", "/problems/..%2fmalformed-json",
])
def test_an_unknown_page_is_not_found(server, path):
    assert_problem(once(server, "GET", path), 404)


@pytest.mark.parametrize("path", ROUTES)
def test_another_method_is_refused_and_the_allowed_ones_are_listed(api, path):
    for method in set(METHODS) - ROUTES[path]:
        answer = api.request(method, path.format(id=new_id()))
        assert_problem(answer, 405)
        assert allowed(answer) == ROUTES[path]


@pytest.mark.parametrize("path", ROUTES)
def test_options_lists_the_methods(api, path):
    answer = api.options(path.format(id=new_id()))

    assert answer.status_code in (200, 204)
    assert allowed(answer) == ROUTES[path]
    assert answer.content == b""


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "BREW", "get", "Post", "G"])
@pytest.mark.parametrize("path", ["/bots", "/messages"])
def test_a_strange_method_is_refused(server, method, path):
    answer = once(server, method, path)

    assert answer.status_code in (400, 405, 501)
    if answer.status_code != 501:
        assert_problem(answer, answer.status_code)


def test_options_for_the_server_itself_does_no_harm(server):
    assert once(server, "OPTIONS", "*").status_code < 500


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/healthz", "/readyz", "/metrics"])
def test_head_works_on_the_pages_too(api, path):
    got, head = api.get(path), api.head(path)

    assert (head.status_code, head.content) == (got.status_code, b"") == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("media_type", [
    "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
    "text/json", "application/jsonp", "application", "json", "", "*/*", "application/json2",
    "application/json-patch+json", "application/octet-stream", "application/merge-patch+json",
])
@pytest.mark.parametrize("path", ["/bots", "/messages"])
def test_a_body_that_is_not_declared_as_json_is_refused(api, talk, path, media_type):
    body = {"/bots": '{"name":"Aureo"}', "/messages": "{}"}[path]

    assert_problem(api.send_json("POST", path, body, Content_Type=media_type), 415)


@pytest.mark.parametrize("path", ["/bots", "/messages"])
def test_a_body_of_no_declared_type_is_refused(server, path):
    assert_problem(once(server, "POST", path, body=b'{"name":"Aureo"}'), 415)


@pytest.mark.parametrize("media_type", [
    "application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8",
    "Application/JSON", 'application/json; charset="utf-8"', "application/json ;charset=utf-8",
])
def test_json_may_be_declared_in_many_ways(api, media_type):
    answer = api.send_json("POST", "/bots", '{"name":"Aureo"}', Content_Type=media_type)

    assert answer.status_code == 201


def test_a_body_in_an_unknown_coding_is_refused(api, talk):
    answer = api.post("/messages", json=talk.message(), headers={"Content-Encoding": "br"})

    assert_problem(answer, 415)
    assert answer.headers["accept-encoding"] == "gzip, zstd"
    assert talk.listed() == []
    plain = talk.api.post("/messages", json=talk.message(), headers={"Content-Encoding": "Identity"})
    assert plain.status_code == 201


@pytest.mark.parametrize("accept", [
    "text/html", "application/xml", "text/*", "image/png, text/html;q=0.9", "application/json;q=0",
    "*/*;q=0", "application/*;q=0.0", "application/json;q=0, text/plain",
    "*/*, application/json;q=0",
])
def test_a_client_that_accepts_no_json_gets_406(api, talk, accept):
    message = talk.say()
    for path in (f"/messages/{message['id']}", f"/bots/{talk.bot}", "/bots",
                 f"/messages?conversationId={talk.conversation}",
                 f"/conversations/{talk.conversation}"):
        assert_problem(api.get(path, headers={"Accept": accept}), 406)

    refused = api.post("/messages", json=talk.message(), headers={"Accept": accept})
    assert_problem(refused, 406)
    bot = new_id()
    refused = api.post("/bots", json={"id": bot, "name": "x"}, headers={"Accept": accept})
    assert_problem(refused, 406)
    assert api.get(f"/bots/{bot}").status_code == 404
    assert talk.listed() == [message], "what is answered with an error has not happened"


@pytest.mark.parametrize("accept", [
    "*/*", "application/*", "application/json", "APPLICATION/JSON", "", "application/json, ,",
    "text/html, application/json;q=0.1", "*/*;q=0.001", "text/plain;q=0, */*",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "application/json;charset=utf-8", "application/json; q=1.0",
])
def test_json_may_be_accepted_in_many_ways(api, talk, accept):
    answer = api.get(f"/bots/{talk.bot}", headers={"Accept": accept})

    assert (answer.status_code, answer.json()["id"]) == (200, talk.bot)
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    created = api.post("/messages", json=talk.message(), headers={"Accept": accept})
    assert created.status_code == 201


def test_without_accept_everything_is_accepted(server, talk):
    assert once(server, "GET", f"/bots/{talk.bot}").status_code == 200


def test_several_accept_headers_are_one(server, talk):
    with Raw(server) as raw:
        raw.send(f"GET /bots/{talk.bot} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n"
                 "Accept: application/json\r\n\r\n")
        assert raw.answer().status_code == 200


def test_a_target_may_be_in_absolute_form(server, talk):
    answer = once(server, "GET", f"http://{server.address}/bots/{talk.bot}")

    assert (answer.status_code, answer.json()["id"]) == (200, talk.bot)


@pytest.mark.parametrize("target", ["/bots?%zz=1", "/bots/%zz", "/bots/%", "/bots?limit=%4",
                                    "/messages?conversationId=%ff", "/bots?limit=%00"])
def test_a_badly_encoded_target_is_refused(server, target):
    assert_problem(once(server, "GET", target), 400)
