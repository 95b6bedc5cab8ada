"""The Big List of Naughty Strings, through every field that takes text, and back."""

import json
import urllib.parse

import pytest

from kit.api import NDJSON


@pytest.fixture(scope="session")
def naughty(tools):
    strings = [text for text in tools.naughty_strings() if text.strip()]
    assert len(strings) > 400
    return strings


def test_naughty_strings_are_stored_as_texts(api, talk, naughty):
    one_by_one = [talk.say(text) for text in naughty]
    at_once = api.post("/messages", json=[talk.message(text) for text in naughty])
    lines = "\n".join(json.dumps(talk.message(text)) for text in naughty)
    in_lines = api.post("/messages", content=lines.encode(), headers=NDJSON)

    assert [message["text"] for message in one_by_one] == naughty
    assert [message["text"] for message in at_once.json()] == naughty
    assert {json.loads(line)["status"] for line in in_lines.text.splitlines()} == {201}
    assert [message["text"] for message in talk.listed()] == naughty * 3


def test_naughty_strings_are_stored_as_names(api, naughty):
    for name in naughty:
        if len(name) > 255:
            continue
        made = api.post("/bots", json={"name": name})
        assert made.status_code == 201, made.text
        assert api.get(made.headers["location"]).json()["name"] == name
        changed = api.patch(made.headers["location"], json={"name": name + "!"})
        assert changed.status_code in (200, 400), changed.text


def test_naughty_strings_are_stored_as_metadata(api, talk, naughty):
    for text in naughty:
        metadata = {text: text}
        message = talk.say("Oi!", metadata=metadata)
        assert message["metadata"] == metadata
        assert api.get(f"/messages/{message['id']}").json() == message


def test_naughty_strings_are_idempotency_keys_or_refused(api, talk, naughty):
    def ask(key):
        return api.post("/messages", json=talk.message(key), headers={"Idempotency-Key": key})

    keys = [text.strip() for text in naughty if text.isascii() and text.isprintable()]
    for number, key in enumerate(keys):
        first, second = ask(f"{number} {key}"), ask(f"{number} {key}")
        assert first.status_code in (201, 400), first.text
        assert second.status_code == first.status_code
        assert second.json() == first.json()
        assert (second.headers.get("idempotent-replayed") == "true") == (first.status_code == 201)


def test_naughty_strings_are_refused_as_ids_parameters_and_cursors(api, naughty):
    for text in naughty:
        quoted = urllib.parse.quote(text, safe="")
        for target in (f"/messages?conversationId={quoted}", f"/bots?cursor={quoted}",
                       f"/bots?{quoted}=1", f"/bots?limit={quoted}"):
            answer = api.get(target)
            if answer.status_code != 200:  # As a number without a fault, for example.
                assert answer.status_code == 400, answer.text
                assert answer.json()["type"] == "/problems/invalid-parameter"
        found = api.get(f"/bots/{quoted}")
        # The client itself resolves a dot: what is left is a path with a slash at its end.
        expected = (308,) if found.request.url.raw_path.endswith(b"/") else (400, 404)
        assert found.status_code in expected, (text, found.text)


@pytest.mark.only("sqlite")
def test_naughty_strings_in_a_header_do_no_harm(api, naughty):
    for text in naughty:
        value = text.encode().strip()
        for name in ("If-None-Match", "If-Match", "Accept", "X-Request-Id", "Authorization"):
            if any(byte < 0x20 or byte == 0x7F for byte in value):
                continue
            answer = api.get("/bots?limit=1", headers={name: value})
            assert answer.status_code in (200, 304, 400, 401, 406, 412), (name, text)
