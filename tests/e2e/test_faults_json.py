"""Bodies that are not JSON, not quite JSON, or JSON of another shape."""

import json

import pytest

from kit.api import assert_problem

BODIES = ["/messages", "/bots"]


def good_body(talk):
    return json.dumps(talk.message()).encode()


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("body", [
    b"", b" ", b"\n", b"{", b"}", b"{]", b"{}{}", b"{} x", b"nul", b"nulll", b"tru", b"'a'",
    b"{'a':1}", b"{a:1}", b'{"a":1,}', b'{"a"}', b'{"a":}', b'{"a":1 "b":1}', b'{"a":1;}',
    b"// c\n{}", b"/**/{}", b"{}/**/", b"{}\x00", b"\x00", b"\xff\xfe{\x00}\x00", b"NaN",
    b"Infinity", b"-", b"01", b"{\"a\":\"\x01\"}", b'{"a":"\n"}', b'"', b'{"a":"\\"}', b"<xml/>",
    b"a=b&c=d", b"--x\r\n\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf{}", b"[", b"[1", b"{\"a\":[}", b"\x89PNG\r\n\x1a\n",
], ids=ascii)
def test_a_body_that_is_not_json_is_refused(api, path, body):
    assert_problem(api.send_json("POST", path, body), 400, "malformed-json")


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("body", [b'"x"', b"1", b"-1.5e3", b"true", b"false", b"null", b'""'])
def test_json_that_is_not_an_object_is_refused(api, path, body):
    assert_problem(api.send_json("POST", path, body), 400)


def test_white_space_around_json_is_fine(api, talk):
    body = b" \t\r\n" + good_body(talk) + b" \t\r\n"

    assert api.send_json("POST", "/messages", body).status_code == 201


@pytest.mark.parametrize("rest", [b"x", b"{}", b",", b"]", b"\x00", b"null", b"\xc2\xa0", b"\x0b"])
def test_trailing_bytes_are_refused(api, talk, rest):
    answer = api.send_json("POST", "/messages", good_body(talk) + rest)

    assert_problem(answer, 400, "malformed-json")
    assert talk.listed() == []


MARK = b"\xef\xbb\xbf"


def test_a_byte_order_mark_is_skipped(api, talk):
    answer = api.send_json("POST", "/messages", MARK + good_body(talk))

    assert answer.status_code == 201
    assert [one["id"] for one in talk.listed()] == [answer.json()["id"]]


def test_a_byte_order_mark_is_skipped_on_every_route_with_a_body(api):
    bot = api.send_json("POST", "/bots", MARK + b'{"name":"x"}').json()
    path = f"/bots/{bot['id']}"

    assert api.send_json("PUT", path, MARK + b'{"name":"y"}').status_code == 200
    assert api.send_json("PATCH", path, MARK + b'{"name":"z"}').status_code == 200
    assert api.get(path).json()["name"] == "z"


def test_metadata_behind_a_byte_order_mark_is_kept_as_it_is(api, talk):
    body = json.dumps(talk.message()).encode()[:-1] + b',"metadata":{"a": 1.0,"b":\t[ ]}}'
    answer = api.send_json("POST", "/messages", MARK + body)

    assert answer.status_code == 201
    assert b'"metadata":{"a": 1.0,"b":\t[ ]}' in answer.content
    array = api.send_json("POST", "/messages", MARK + b"[" + body + b"]")
    assert b'"metadata":{"a": 1.0,"b":\t[ ]}' in array.content


def test_a_byte_order_mark_alone_is_an_empty_body(api):
    told = [assert_problem(api.send_json("POST", "/messages", body), 400, "malformed-json")
            for body in (b"", MARK)]

    assert told[0] == told[1]
    assert "empty" in told[0]["detail"]
    lines = api.post("/messages", content=MARK, headers={"Content-Type": "application/x-ndjson"})
    assert (lines.status_code, lines.content) == (200, b"")


@pytest.mark.parametrize("tail", [b"\n", b""])
@pytest.mark.parametrize("head", [b"", b"\n", b"\r\n"])
def test_a_byte_order_mark_before_lines_is_skipped(api, talk, head, tail):
    lines = MARK + head + good_body(talk) + b"\n" + good_body(talk) + tail
    answer = api.post("/messages", content=lines, headers={"Content-Type": "application/x-ndjson"})

    assert [json.loads(line)["status"] for line in answer.content.splitlines()] == [201, 201]
    assert len(talk.listed()) == 2


def test_a_byte_order_mark_between_lines_is_named(api, talk):
    lines = MARK + good_body(talk) + b"\n" + MARK + good_body(talk) + b"\n"
    answer = api.post("/messages", content=lines, headers={"Content-Type": "application/x-ndjson"})

    first, second = (json.loads(line) for line in answer.content.splitlines())
    assert first["status"] == 201
    assert second["status"] == 400
    assert "byte order mark" in second["problem"]["detail"]


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
@pytest.mark.parametrize("encoding, name", [
    ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16 (little"), ("utf-16-be", "UTF-16 (big"),
    ("utf-32", "UTF-32"), ("utf-32-be", "UTF-32 (big")])
def test_a_wide_encoding_is_named_with_what_to_do(api, talk, kind, encoding, name):
    body = (json.dumps(talk.message("é"), ensure_ascii=False) + "\n").encode(encoding) * 2
    answer = api.post("/messages", content=body, headers={"Content-Type": kind})

    told = assert_problem(answer, 400, "malformed-json")
    assert name in told["detail"] and "UTF-8" in told["detail"]
    assert talk.listed() == []


@pytest.mark.parametrize("text, name", [
    (b"caf\xe9", "0xe9"), (b"\xc0\xaf", "0xc0"), (b"\xed\xa0\xbd\xed\xb8\x80", "surrogate"),
    (b"\\ud83d", "surrogate"), (b"\\ude00", "surrogate"), (b"\\ud83d\\u0041", "surrogate")])
def test_what_is_wrong_with_a_text_is_named(api, talk, text, name):
    body = good_body(talk).replace(b'"Oi!"', b'"' + text + b'"')
    assert text in body
    told = assert_problem(api.send_json("POST", "/messages", body), 400, "malformed-json")
    assert name in told["detail"]
    lines = api.post("/messages", content=body, headers={"Content-Type": "application/x-ndjson"})
    assert name in json.loads(lines.content)["problem"]["detail"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-7"])
def test_other_encodings_are_refused(api, talk, encoding):
    body = json.dumps(talk.message("+é"), ensure_ascii=False).encode(encoding)
    if encoding == "utf-7":
        body = body.replace(b"{", b"+AHs-")

    assert_problem(api.send_json("POST", "/messages", body), 400)


@pytest.mark.parametrize("twice", ['"text":"b"', '"te\\u0078t":"b"', '"text":"Oi!"', '"x":1,"x":1'])
def test_duplicate_keys_are_refused(api, talk, twice):
    body = good_body(talk)[:-1] + f",{twice}}}".encode()

    assert_problem(api.send_json("POST", "/messages", body), 400)
    assert talk.listed() == []


def test_duplicate_keys_of_a_bot_are_refused(api):
    assert_problem(api.send_json("POST", "/bots", '{"name":"a","name":"a"}'), 400)


@pytest.mark.parametrize("broken", [
    b"\xff", b"\x80", b"\xc3", b"\xc0\xaf", b"\xe2\x82", b"\xe0\x80\xaf", b"\xed\xa0\x80",
    b"\xed\xbf\xbf", b"\xf0\x80\x80\xaf", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"caf\xe9",
    b"\xed\xa0\xbd\xed\xb8\x80",
], ids=ascii)
def test_invalid_utf_8_is_refused(api, talk, broken):
    for text in (b"@", b"a@", b"@b"):
        body = good_body(talk).replace(b"Oi!", text.replace(b"@", broken))
        assert_problem(api.send_json("POST", "/messages", body), 400)
    key = good_body(talk)[:-1] + b',"' + broken + b'":1}'
    assert_problem(api.send_json("POST", "/messages", key), 400)
    assert_problem(api.send_json("POST", "/bots", b'{"name":"' + broken + b'"}'), 400)
    assert talk.listed() == []


@pytest.mark.parametrize("lone", [
    r"\ud800", r"\udc00", r"\udbff\ud800", r"\udc00\ud800", r"\ud83da", r"a\ude00", r"\ud83d\n",
    r"\ud83d\u0041", r"\uDFFF",
])
def test_lone_surrogates_are_refused(api, talk, lone):
    body = good_body(talk).replace(b"Oi!", lone.encode())

    assert_problem(api.send_json("POST", "/messages", body), 400)
    assert_problem(api.send_json("POST", "/bots", f'{{"name":"{lone}"}}'), 400)
    assert talk.listed() == []


def nested(depth, opening, closing):
    return opening * depth + "0" + closing * depth


@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}")])
def test_nesting_has_a_limit_of_32(api, talk, opening, closing):
    def post(depth):  # The message itself is the first level, metadata the second.
        inner = f'{{"a":{nested(depth - 2, opening, closing)}}}'
        body = good_body(talk)[:-1] + f',"metadata":{inner}}}'.encode()
        return api.send_json("POST", "/messages", body)

    assert post(32).status_code == 201
    assert_problem(post(33), 400)
    assert_problem(post(100), 400)
    assert len(talk.listed()) == 1


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
@pytest.mark.parametrize("path", BODIES)
def test_endless_nesting_is_refused(api, path, opening):
    assert_problem(api.send_json("POST", path, opening * (1_000_000 // len(opening))), 400)
