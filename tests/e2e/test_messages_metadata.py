"""Metadata comes back byte for byte."""

import re

import pytest

from kit.api import assert_problem, new_id

LIMIT = 16_384  # Bytes of JSON text.
KEPT = [
    "{}", "{ }", "{\n}", '{"a":1}', '{"b":1,"a":2}', '{ "a" :\t[1 , 2,3 ] }',
    '{"a":1.0,"b":1E400,"c":-0,"d":-0.0,"e":1e-400,"f":0.1e+1,"g":12345678901234567890123456789}',
    '{"a":"\\u00e9\\/\\ud83d\\ude00\\u0000","b":"é/😀"}', '{"":{"":[{}]}}', '{"a":null}',
    '{"a":true,"A":false}', '{"text":"x","id":5,"metadata":{"metadata":{}}}',
    "{\"q\":\"'; DROP TABLE messages; --\",\"p\":\"$1 ? :id\"}", '{"a":"{\\"b\\":1}"}',
    '{"a":[[],{},"",0]}', '{"\\u0061":1}', '{"a":"\\\\"}', '{"$ref":"#/a","@b":"c.d"}',
]


def body_with(talk, metadata, **more):
    """A message with `metadata` as its text stands."""
    ends = f'"conversationId":"{talk.conversation}","from":"{talk.bot}","to":"{talk.client}"'
    rest = "".join(f',"{name}":"{value}"' for name, value in more.items())
    return f'{{{ends},"metadata":{metadata},"text":"Oi!"{rest}}}'


def raw_metadata(answer, metadata):
    """Whether `metadata` stands in the answer as it was sent."""
    return re.search(rb'"metadata"\s*:\s*' + re.escape(metadata.encode()) + rb"\s*[,}]",
                     answer.content)


@pytest.mark.parametrize("metadata", KEPT)
def test_metadata_comes_back_as_text(api, talk, metadata):
    sent = body_with(talk, metadata, id=new_id(), timestamp="2018-11-16T23:30:52Z")

    created = api.send_json("POST", "/messages", sent)
    assert created.status_code == 201, created.text

    again = api.send_json("POST", "/messages", sent)
    got = api.get(f"/messages/{created.json()['id']}")
    listed = api.get("/messages", params={"conversationId": talk.conversation})
    paged = api.get("/messages", params={"conversationId": talk.conversation, "limit": 1})
    for answer in (created, again, got, listed, paged):
        assert raw_metadata(answer, metadata), answer.text
    assert again.headers["idempotent-replayed"] == "true"


def test_metadata_comes_back_from_batches(api, talk):
    array = "[" + ",".join(body_with(talk, metadata) for metadata in KEPT) + "]"

    created = api.send_json("POST", "/messages", array)

    assert created.status_code == 201, created.text
    listed = api.get("/messages", params={"conversationId": talk.conversation})
    for metadata in KEPT:
        assert raw_metadata(created, metadata)
        assert raw_metadata(listed, metadata)


def test_a_message_without_metadata_has_six_fields(talk):
    expected = {"id", "conversationId", "timestamp", "from", "to", "text"}

    assert set(talk.say()) == expected
    assert set(talk.say(metadata={"a": 1})) == expected | {"metadata"}
    assert [set(message) for message in talk.listed()] == [expected, expected | {"metadata"}]


@pytest.mark.parametrize("metadata", ["null", "[]", '"x"', "1", "true", '[{"a":1}]', '""'])
def test_metadata_that_is_not_an_object_is_refused(api, talk, metadata):
    answer = api.send_json("POST", "/messages", body_with(talk, metadata))

    assert_problem(answer, 400, "invalid-field", "/metadata")
    assert talk.listed() == []


@pytest.mark.parametrize("letter", ["a", "é", " "])
def test_metadata_up_to_the_limit_is_kept(api, talk, letter):
    room = LIMIT - len('{"a":""}')
    fill = letter * (room // len(letter.encode()))
    fill += "b" * (room - len(fill.encode()))
    fits = '{"a":"%s"}' % fill if letter != " " else '{"a":""%s}' % fill

    created = api.send_json("POST", "/messages", body_with(talk, fits))
    assert created.status_code == 201, created.text
    assert raw_metadata(created, fits)

    too_large = fits[:-1] + " }"
    refused = api.send_json("POST", "/messages", body_with(talk, too_large))
    assert_problem(refused, 400, at="/metadata")
    assert talk.listed() == [created.json()]


@pytest.mark.parametrize("metadata", [
    '{"a":1,"a":2}', '{"x":{"a":1,"b":2,"a":1}}', '{"x":[{"a":1,"a":1}]}', '{"a":1,"\\u0061":2}',
    '{"a":NaN}', '{"a":Infinity}', '{"a":-Infinity}', '{"a":01}', '{"a":+1}', '{"a":.5}',
    '{"a":1.}',
    '{"a":"\\ud800"}', '{"a":"\\udc00\\ud800"}', '{"\\udfff":1}', '{"a":"\\u12"}', '{"a":"\\x41"}',
    '{"a":"\n"}', "{'a':1}", "{a:1}", '{"a":1,}', '{"a":[1,]}', '{"a" 1}', '{"a":1 "b":2}',
    '{"a":tru}', '{"a":1/*c*/}',
])
def test_metadata_that_is_not_quite_json_is_refused(api, talk, metadata):
    assert_problem(api.send_json("POST", "/messages", body_with(talk, metadata)), 400)
    assert talk.listed() == []


@pytest.mark.parametrize("broken", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"])
def test_metadata_that_is_not_utf_8_is_refused(api, talk, broken):
    for marked in ('{"a":"@"}', '{"@":1}'):
        body = body_with(talk, marked).encode().replace(b"@", broken)
        assert_problem(api.send_json("POST", "/messages", body), 400)
    assert talk.listed() == []
