"""All faults of a message are reported exactly, and together."""

import pytest

from kit.api import assert_problem, new_id

REQUIRED = ("conversationId", "from", "to", "text")
OPTIONAL = ("id", "timestamp", "metadata")


@pytest.mark.parametrize("field", REQUIRED)
def test_a_missing_field_is_named(api, talk, field):
    sent = talk.message()
    del sent[field]

    assert_problem(api.post("/messages", json=sent), 400, "invalid-field", f"/{field}")
    assert talk.listed() == []


@pytest.mark.parametrize("value", [None, 0, 1.5, True, False, [], ["x"], "", " ", "x"], ids=repr)
@pytest.mark.parametrize("field", REQUIRED + OPTIONAL)
def test_a_faulty_field_is_named(api, talk, field, value):
    if (field, value) == ("text", "x"):
        return
    sent = talk.message() | {field: value}

    assert_problem(api.post("/messages", json=sent), 400, "invalid-field", f"/{field}")
    assert talk.listed() == []


def test_all_missing_fields_are_reported_together(api):
    at = [f"/{field}" for field in REQUIRED]

    assert_problem(api.post("/messages", json={}), 400, "invalid-field", at)


@pytest.mark.parametrize("value", [None, 5, [], ""], ids=repr)
def test_all_faulty_fields_are_reported_together(api, value):
    sent = {field: value for field in REQUIRED + OPTIONAL}

    at = [f"/{field}" for field in sent]
    assert_problem(api.post("/messages", json=sent), 400, "invalid-field", at)


def test_faults_of_every_kind_are_reported_together(api, talk):
    sent = talk.message(timestamp="now", metadata=[], id=None, surplus=1) | {"from": "x"}
    del sent["text"]

    at = ["/timestamp", "/metadata", "/id", "/surplus", "/from", "/text"]
    assert_problem(api.post("/messages", json=sent), 400, at=at)


@pytest.mark.parametrize("name, pointer", [
    ("Text", "/Text"), ("seq", "/seq"), ("direction", "/direction"), ("botId", "/botId"),
    ("a/b", "/a~1b"), ("a~b", "/a~0b"), ("", "/"), ("é", "/é"), ('a"b', '/a"b'),
    ("from ", "/from "), ("__proto__", "/__proto__"),
])
def test_an_unknown_field_is_named(api, talk, name, pointer):
    answer = api.post("/messages", json=talk.message() | {name: "x"})

    assert_problem(answer, 400, at=pointer)
    assert talk.listed() == []


def test_unknown_fields_are_named_even_if_null(api, talk):
    answer = api.post("/messages", json=talk.message(one=None, two=None))

    assert_problem(answer, 400, at=["/one", "/two"])


def test_an_unknown_bot_is_reported_only_without_other_faults(api):
    sent = {"conversationId": new_id(), "from": new_id(), "to": new_id(), "text": ""}

    assert_problem(api.post("/messages", json=sent), 400, "invalid-field", "/text")


def test_a_fault_quotes_no_secrets_and_no_endless_text(api, talk):
    answer = api.post("/messages", json=talk.message(timestamp="9" * 100_000))

    assert_problem(answer, 400, at="/timestamp")
    assert len(answer.content) < 4096
