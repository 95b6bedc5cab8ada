"""Problem details (RFC 9457): every kind of problem has a type, and every type a page."""

import re
from urllib.parse import quote

import pytest

from kit.api import JSON, Api, assert_problem, new_id

KINDS = {  # How to run into a problem: status, and what to send.
    "malformed JSON": (400, lambda api, talk: api.send_json("POST", "/messages", "{")),
    "invalid field": (400, lambda api, talk: api.post("/bots", json={"name": ""})),
    "invalid parameter": (400, lambda api, talk: api.get("/bots?limit=0")),
    "invalid path": (400, lambda api, talk: api.get("/bots/1")),
    "unknown route": (404, lambda api, talk: api.get("/nothing")),
    "no such bot": (404, lambda api, talk: api.get(f"/bots/{new_id()}")),
    "no such message": (404, lambda api, talk: api.get(f"/messages/{new_id()}")),
    "no such conversation": (404, lambda api, talk: api.get(f"/conversations/{new_id()}")),
    "wrong method": (405, lambda api, talk: api.delete("/bots")),
    "not acceptable": (406, lambda api, talk: api.get("/bots", headers={"Accept": "text/html"})),
    "bot exists": (409, lambda api, talk: api.post("/bots", json={"id": talk.bot, "name": "x"})),
    "precondition": (412, lambda api, talk: api.delete(
        f"/bots/{talk.bot}", headers={"If-Match": '"x"'})),
    "body too large": (413, lambda api, talk: api.send_json("POST", "/bots", " " * 1_100_000)),
    "target too long": (414, lambda api, talk: api.get("/bots?" + "a" * 12_000)),
    "media type": (415, lambda api, talk: api.post("/bots", content=b"x")),
    "unknown bot": (422, lambda api, talk: api.post(
        "/messages", json=talk.message() | {"from": new_id()})),
    "same participant": (422, lambda api, talk: api.post(
        "/messages", json=talk.message() | {"from": talk.client})),
    "identity mismatch": (422, lambda api, talk: api.put(
        f"/bots/{talk.bot}", json={"id": new_id(), "name": "x"})),
    "message exists": (409, lambda api, talk: api.post(
        "/messages", json=talk.message("other", id=talk.say()["id"]))),
    "key reused": (422, lambda api, talk: [api.post(
        "/messages", json=talk.message(text), headers={"Idempotency-Key": talk.client})
        for text in "ab"][1]),
    "header too large": (431, lambda api, talk: api.get("/bots", headers={"X-Long": "a" * 30_000})),
    "bad key": (400, lambda api, talk: api.post(
        "/bots", json={"name": "x"}, headers={"Idempotency-Key": "x" * 2000})),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_problem_has_one_format_and_a_page(api, talk, kind):
    status, provoke = KINDS[kind]
    answer = provoke(api, talk)

    problem = assert_problem(answer, status)

    path = str(answer.request.url.path)
    assert problem["instance"].startswith("/"), problem
    if kind not in ("target too long", "header too large"):
        assert problem["instance"].split("?")[0] == path
    assert "etag" not in answer.headers
    page = api.get(problem["type"])
    assert page.status_code == 200
    assert page.headers["content-type"].split(";")[0] == "text/html"
    assert problem["title"] in page.text
    assert str(status) in page.text


def test_different_problems_have_different_types(api, talk):
    types = {kind: provoke(api, talk).json()["type"] for kind, (_, provoke) in KINDS.items()
             if kind not in ("invalid path", "no such bot", "no such message",
                             "no such conversation", "bad key")}

    assert len(set(types.values())) == len(types), types


@pytest.mark.parametrize("kind", ["malformed-json", "invalid-field", "unknown-bot"])
def test_the_pages_need_no_other_host(api, kind):
    page = api.get(f"/problems/{kind}", headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page.text)
    assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import", page.text)


def test_an_unknown_page_is_a_problem_too(api):
    assert_problem(api.get("/problems/no-such-problem"), 404)


@pytest.mark.parametrize("accept", [
    "application/json", "application/json, application/problem+json", "*/*"])
def test_problems_are_problems_whatever_is_accepted(api, accept):
    assert_problem(api.get(f"/bots/{new_id()}", headers={"Accept": accept}), 404)


def test_bytes_of_a_request_are_never_markup_in_the_answer(api, talk):
    evil = '<script>alert("x")</script>\u2028\x7f'

    answer = api.post("/messages", json=talk.message(timestamp=evil))
    field = api.post("/messages", json=talk.message() | {evil: 1})
    path = api.get(f"/bots/{quote(evil, safe='')}")

    for reply in (answer, field, path):
        assert_problem(reply, 400)
        assert reply.headers["content-type"].startswith("application/problem+json")


def test_head_has_the_status_only(api):
    answer = api.head(f"/bots/{new_id()}")

    assert (answer.status_code, answer.content) == (404, b"")
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_problem_is_not_cached(start_server):
    with Api(start_server()) as api:
        bot = new_id()
        assert_problem(api.get(f"/bots/{bot}"), 404)
        api.post("/bots", content=f'{{"id":"{bot}","name":"x"}}', headers=JSON)
        assert api.get(f"/bots/{bot}").status_code == 200
