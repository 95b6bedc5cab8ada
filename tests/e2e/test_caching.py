"""Entity tags, conditional GET, and HEAD."""

import pytest

from kit.api import STRONG_TAG, Talk, assert_problem, new_id

PATHS = {
    "bot": "/bots/{bot}",
    "bots": "/bots",
    "bots, paged": "/bots?limit=2",
    "message": "/messages/{message}",
    "list": "/messages?conversationId={conversation}",
    "page": "/messages?conversationId={conversation}&limit=1",
    "list, filtered": "/messages?conversationId={conversation}&direction=outbound&order=desc",
    "list of a bot": "/messages?botId={bot}",
    "list of a client": "/messages?clientId={client}&limit=5",
    "empty list": "/messages?conversationId={nobody}",
    "conversation": "/conversations/{conversation}",
    "conversations of a bot": "/conversations?botId={bot}",
    "conversations of a client": "/conversations?clientId={client}&limit=5",
    "openapi": "/openapi.json",
    "asyncapi": "/asyncapi.json",
    "docs": "/docs",
    "script of the docs": "/docs/docs.js",
    "style of the docs": "/docs/docs.css",
    "problems": "/problems",
    "problem": "/problems/not-found",
}
LISTS = [name for name in PATHS if "of a" in name or "list" in name or name == "page"]


@pytest.fixture
def paths(api, talk):
    messages = [talk.say("one"), talk.say("two", inbound=True), talk.say("three")]
    for _ in range(2):
        api.new_bot()
    known = {"bot": talk.bot, "client": talk.client, "conversation": talk.conversation,
             "message": messages[0]["id"], "nobody": new_id()}
    return {name: path.format(**known) for name, path in PATHS.items()}


@pytest.mark.parametrize("name", PATHS)
def test_every_answer_has_a_strong_tag_that_allows_304(api, paths, name):
    path = paths[name]
    answer = api.get(path)
    tag = answer.headers["etag"]

    assert answer.status_code == 200
    assert STRONG_TAG.fullmatch(tag)
    assert api.get(path).headers["etag"] == tag
    assert api.get(path).content == answer.content
    for known in (tag, f"W/{tag}", f'"other", {tag}', f'W/"x",{tag} ,"y"', "*", f'"a,b", {tag}'):
        spared = api.get(path, headers={"If-None-Match": known})
        assert spared.status_code == 304, known
        assert spared.content == b""
        assert spared.headers["etag"] == tag
        assert "content-length" not in spared.headers or spared.headers["content-length"] != "0"
    for unknown in ('"other"', tag[:-1] + 'x"', tag.strip('"'), 'W/"other"', '""', "x"):
        whole = api.get(path, headers={"If-None-Match": unknown})
        assert (whole.status_code, whole.content) == (200, answer.content), unknown


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_304_has_the_headers_of_its_200(api, paths, name, method):
    """A browser replaces the headers that it has stored by those of the 304."""
    whole = api.request(method, paths[name])
    spared = api.request(method, paths[name], headers={"If-None-Match": whole.headers["etag"]})

    assert (whole.status_code, spared.status_code) == (200, 304)
    of_each = {"date", "x-request-id", "content-length", "transfer-encoding"}
    unread = {"link", "stream-cursor"}  # Of a list that is not in memory, and is not read for a 304.
    for header in set(whole.headers) - of_each:
        expected = whole.headers.get_list(header)
        if header in unread and header not in spared.headers:
            continue
        assert spared.headers.get_list(header) == expected, header
    assert set(spared.headers) <= set(whole.headers)


@pytest.mark.parametrize("more", ["after=start", "after=start&limit=2", "limit=2"])
def test_a_304_says_where_a_stream_or_a_list_goes_on(api, paths, more):
    path = f"{paths['list']}&{more}"
    whole = api.get(path)
    spared = api.get(path, headers={"If-None-Match": whole.headers["etag"]})

    assert spared.status_code == 304
    for header in ("link", "stream-cursor", "vary", "cache-control", "content-type"):
        assert spared.headers.get(header) == whole.headers.get(header), header


@pytest.mark.parametrize("name", PATHS)
def test_head_has_the_same_headers_without_a_body(api, paths, name):
    path = paths[name]
    got, head = api.get(path), api.head(path)

    assert (head.status_code, head.content) == (200, b"")
    for header in ("content-type", "etag", "link", "cache-control", "vary", "location"):
        assert head.headers.get(header) == got.headers.get(header), header
    if "content-length" in head.headers and "content-length" in got.headers:
        assert head.headers["content-length"] == got.headers["content-length"]
    spared = api.head(path, headers={"If-None-Match": got.headers["etag"]})
    assert (spared.status_code, spared.content) == (304, b"")


@pytest.mark.parametrize("name", LISTS + ["conversation"])
def test_a_new_message_changes_the_tags_of_its_lists(api, talk, paths, name):
    path = paths[name]
    before = api.get(path)
    talk.say("later", timestamp="2018-11-16T23:30:52Z")
    if name == "empty list":
        api.say(path[-36:], talk.bot, talk.client)

    after = api.get(path, headers={"If-None-Match": before.headers["etag"]})

    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert after.content != before.content


def test_a_message_in_another_conversation_keeps_the_tag(api, talk):
    talk.say()
    path = f"/messages?conversationId={talk.conversation}"
    tag = api.get(path).headers["etag"]

    Talk(api).say()

    assert api.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_the_tag_of_the_bots_changes_with_each_bot(fresh):
    tags = [fresh.get("/bots").headers["etag"]]
    bot = fresh.new_bot("1")
    tags.append(fresh.get("/bots").headers["etag"])
    fresh.put(f"/bots/{bot}", json={"name": "2"})
    tags.append(fresh.get("/bots").headers["etag"])
    fresh.delete(f"/bots/{bot}")
    tags.append(fresh.get("/bots").headers["etag"])

    assert tags[0] != tags[1] != tags[2] != tags[3]
    assert fresh.get("/bots", headers={"If-None-Match": tags[2]}).status_code == 200


def test_different_representations_have_different_tags(api, talk):
    messages = [talk.say("one"), talk.say("two")]
    tags = {api.get(f"/messages/{one['id']}").headers["etag"] for one in messages}

    assert len(tags) == 2


@pytest.mark.parametrize("path", ["/bots/", "/messages/", "/conversations/"])
def test_a_missing_entity_is_not_found_under_any_condition(api, path):
    answer = api.get(path + new_id(), headers={"If-None-Match": "*"})

    assert_problem(answer, 404)


def test_writing_through_another_server_changes_the_tag(pair):
    left, right = pair
    talk = Talk(left)
    paths = [f"/messages?conversationId={talk.conversation}", f"/messages?botId={talk.bot}",
             f"/conversations?clientId={talk.client}", f"/messages?botId={talk.bot}&limit=3"]

    for number in range(10):
        tags = {path: left.get(path).headers["etag"] for path in paths}
        assert all(right.get(path).headers["etag"] == tag for path, tag in tags.items())
        answer = right.post("/messages", json=talk.message(f"{number}"))
        for path, tag in tags.items():
            after = left.get(path, headers={"If-None-Match": tag})
            if "limit" in path and number >= 3:
                assert after.status_code in (200, 304)
            else:
                assert after.status_code == 200
                assert answer.json()["id"] in after.text


def test_a_change_through_another_server_is_visible_immediately(pair):
    left, right = pair
    bot = left.new_bot("0")

    for number in range(1, 10):
        tag = left.get(f"/bots/{bot}").headers["etag"]
        right.put(f"/bots/{bot}", json={"name": f"{number}"})
        seen = left.get(f"/bots/{bot}", headers={"If-None-Match": tag})
        assert seen.json()["name"] == f"{number}"
    right.delete(f"/bots/{bot}")

    assert_problem(left.get(f"/bots/{bot}"), 404)
    sent = {"conversationId": new_id(), "from": bot, "to": new_id(), "text": "x"}
    assert_problem(left.post("/messages", json=sent), 422)
