"""PUT and PATCH on /bots/:id."""

import pytest

from kit.api import assert_problem, new_id

MERGE_PATCH = "application/merge-patch+json"


def test_put_replaces_a_bot(api):
    bot = api.new_bot("Before")

    put = api.put(f"/bots/{bot}", json={"id": bot, "name": "After"})

    assert (put.status_code, put.json()) == (200, {"id": bot, "name": "After"})
    assert api.get(f"/bots/{bot}").json() == put.json()


def test_put_may_leave_the_id_out_or_write_it_in_upper_case(api):
    bot = api.new_bot("Before")

    assert api.put(f"/bots/{bot}", json={"name": "1"}).json() == {"id": bot, "name": "1"}
    upper = api.put(f"/bots/{bot.upper()}", json={"id": bot.upper(), "name": "2"})
    assert (upper.status_code, upper.json()) == (200, {"id": bot, "name": "2"})


def test_put_of_another_id_is_refused(api):
    bot = api.new_bot("Before")

    assert_problem(api.put(f"/bots/{bot}", json={"id": new_id(), "name": "After"}), 422)
    assert api.get(f"/bots/{bot}").json()["name"] == "Before"


def test_put_on_a_missing_bot_is_not_found(api):
    missing = new_id()

    assert_problem(api.put(f"/bots/{missing}", json={"name": "After"}), 404)
    assert_problem(api.get(f"/bots/{missing}"), 404)


def test_put_with_if_none_match_creates(api):
    bot = new_id()

    put = api.put(f"/bots/{bot}", json={"name": "New"}, headers={"If-None-Match": "*"})

    assert (put.status_code, put.json()) == (201, {"id": bot, "name": "New"})
    assert put.headers["location"].endswith(f"/bots/{bot}")
    assert api.get(f"/bots/{bot}").json() == put.json()


def test_put_with_if_none_match_leaves_an_existing_bot_alone(api):
    bot = api.new_bot("Before")

    put = api.put(f"/bots/{bot}", json={"name": "After"}, headers={"If-None-Match": "*"})

    assert_problem(put, 412)
    assert api.get(f"/bots/{bot}").json()["name"] == "Before"


@pytest.mark.parametrize("body, at", [
    ({}, "/name"), ({"name": None}, "/name"), ({"name": " "}, "/name"), ({"name": 5}, "/name"),
    ({"name": "x" * 256}, "/name"), ({"name": "x", "id": None}, "/id"),
    ({"name": "x", "id": "y"}, "/id"), ({"name": "x", "colour": "red"}, "/colour"),
    ({"id": 5, "name": "", "colour": 1}, ["/id", "/name", "/colour"]),
])
def test_put_reports_every_faulty_field(api, body, at):
    bot = api.new_bot("Before")

    assert_problem(api.put(f"/bots/{bot}", json=body), 400, at=at)
    assert api.get(f"/bots/{bot}").json()["name"] == "Before"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"5", b'[{"name":"x"}]'])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_body_that_is_not_an_object_is_refused(api, method, body):
    bot = api.new_bot("Before")

    assert_problem(api.send_json(method, f"/bots/{bot}", body), 400)
    assert api.get(f"/bots/{bot}").json()["name"] == "Before"


@pytest.mark.parametrize("media_type", [MERGE_PATCH, "application/json", MERGE_PATCH.upper()])
def test_patch_changes_what_it_names(api, media_type):
    bot = api.new_bot("Before")

    patched = api.send_json("PATCH", f"/bots/{bot}", '{"name":"After"}', Content_Type=media_type)

    assert (patched.status_code, patched.json()) == (200, {"id": bot, "name": "After"})
    assert api.get(f"/bots/{bot}").json() == patched.json()


def test_an_empty_patch_changes_nothing(api):
    bot = api.new_bot("Before")
    tag = api.get(f"/bots/{bot}").headers["etag"]

    patched = api.patch(f"/bots/{bot}", json={})

    assert (patched.status_code, patched.json()) == (200, {"id": bot, "name": "Before"})
    assert api.get(f"/bots/{bot}").headers["etag"] == tag


@pytest.mark.parametrize("body, at", [
    ({"name": None}, "/name"), ({"name": ""}, "/name"), ({"name": 1}, "/name"),
    ({"name": "x", "colour": "red"}, "/colour"), ({"id": "nonsense"}, "/id"),
])
def test_patch_reports_faulty_fields(api, body, at):
    bot = api.new_bot("Before")

    assert_problem(api.patch(f"/bots/{bot}", json=body), 400, at=at)
    assert api.get(f"/bots/{bot}").json()["name"] == "Before"


def test_patch_may_repeat_the_id_but_not_change_it(api):
    bot, other = api.new_bot("Before"), new_id()

    same = api.patch(f"/bots/{bot}", json={"id": bot, "name": "After"})
    changed = api.patch(f"/bots/{bot}", json={"id": other, "name": "Other"})
    removed = api.patch(f"/bots/{bot}", json={"id": None})

    assert (same.status_code, same.json()) == (200, {"id": bot, "name": "After"})
    assert_problem(changed, 422)
    assert_problem(removed, removed.status_code if removed.status_code in (400, 422) else 400)
    assert api.get(f"/bots/{bot}").json() == {"id": bot, "name": "After"}
    assert_problem(api.get(f"/bots/{other}"), 404)


def test_patch_on_a_missing_bot_is_not_found(api):
    assert_problem(api.patch(f"/bots/{new_id()}", json={"name": "After"}), 404)


@pytest.mark.parametrize("media_type", ["application/json-patch+json", "text/plain",
                                        "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_another_media_type_is_refused(api, method, media_type):
    bot = api.new_bot()
    sent = '{"name":"After"}'

    answer = api.send_json(method, f"/bots/{bot}", sent, Content_Type=media_type)

    assert_problem(answer, 415)
    assert api.get(f"/bots/{bot}").json()["name"] == "Aureo"
