"""If-Match and entity tags of bots (RFC 9110 section 13)."""

import pytest

from kit.api import STRONG_TAG, assert_problem, new_id

CHANGES = {
    "PUT": lambda api, bot, **more: api.put(f"/bots/{bot}", json={"name": "After"}, **more),
    "PATCH": lambda api, bot, **more: api.patch(f"/bots/{bot}", json={"name": "After"}, **more),
    "DELETE": lambda api, bot, **more: api.delete(f"/bots/{bot}", **more),
}


@pytest.fixture(params=CHANGES)
def change(request):
    return CHANGES[request.param]


def tag_of(api, bot):
    tag = api.get(f"/bots/{bot}").headers["etag"]
    assert STRONG_TAG.fullmatch(tag)
    return tag


def test_the_current_tag_allows_the_change(api, change):
    bot = api.new_bot()

    answer = change(api, bot, headers={"If-Match": tag_of(api, bot)})

    assert answer.status_code in (200, 204)


def test_one_of_several_tags_is_enough(api, change):
    bot = api.new_bot()
    tags = f'"other", {tag_of(api, bot)} , "another,one"'

    assert change(api, bot, headers={"If-Match": tags}).status_code in (200, 204)


def test_a_star_allows_the_change_of_an_existing_bot(api, change):
    assert change(api, api.new_bot(), headers={"If-Match": "*"}).status_code in (200, 204)


def test_an_old_tag_forbids_the_change(api, change):
    bot = api.new_bot("Before")
    old = tag_of(api, bot)
    api.put(f"/bots/{bot}", json={"name": "Meanwhile"})

    assert_problem(change(api, bot, headers={"If-Match": old}), 412)
    assert api.get(f"/bots/{bot}").json()["name"] == "Meanwhile"


def test_a_weak_tag_never_matches_here(api, change):
    bot = api.new_bot("Before")

    assert_problem(change(api, bot, headers={"If-Match": f"W/{tag_of(api, bot)}"}), 412)
    assert api.get(f"/bots/{bot}").json()["name"] == "Before"


def test_no_tag_matches_a_missing_bot(api, change):
    missing = change(api, new_id(), headers={"If-Match": "*"})

    assert_problem(missing, missing.status_code if missing.status_code in (404, 412) else 404)


def test_every_change_makes_a_new_tag(api):
    bot = api.new_bot("1")
    tags = [tag_of(api, bot)]

    for change in ({"name": "2"}, {"name": "1"}, {"name": "3"}):
        api.put(f"/bots/{bot}", json=change)
        tags.append(tag_of(api, bot))
    api.delete(f"/bots/{bot}")
    api.post("/bots", json={"id": bot, "name": "4"})
    tags.append(tag_of(api, bot))

    assert tags[0] != tags[1] != tags[2] != tags[3] != tags[4]
    assert len({tags[0], tags[1], tags[3], tags[4]}) == 4


def test_one_of_two_concurrent_changes_fails(api):
    bot = api.new_bot()
    condition = {"If-Match": tag_of(api, bot)}

    first = api.put(f"/bots/{bot}", json={"name": "First"}, headers=condition)
    second = api.put(f"/bots/{bot}", json={"name": "Second"}, headers=condition)

    assert first.status_code == 200
    assert_problem(second, 412)
    assert api.get(f"/bots/{bot}").json()["name"] == "First"


@pytest.mark.parametrize("tags", ["W/{tag}", 'W/"x"', '"x", W/{tag}', 'W/"x",W/"y"'])
def test_a_weak_tag_is_told_as_such(api, change, tags):
    bot = api.new_bot("Before")

    answer = change(api, bot, headers={"If-Match": tags.format(tag=tag_of(api, bot))})

    problem = assert_problem(answer, 412, "precondition-failed")
    assert "weak" in problem["detail"] and "If-Match" in problem["detail"]
    assert [part["header"] for part in problem["errors"]] == ["If-Match"]
    assert api.get(f"/bots/{bot}").json()["name"] == "Before"


def test_a_weak_tag_beside_the_right_one_does_no_harm(api, change):
    bot = api.new_bot()

    answer = change(api, bot, headers={"If-Match": f'W/"x", {tag_of(api, bot)}'})

    assert answer.status_code in (200, 204)


def test_a_strong_tag_is_not_called_weak(api, change):
    problem = assert_problem(change(api, api.new_bot(), headers={"If-Match": '"W/"'}), 412)
    assert "weak" not in problem["detail"]
