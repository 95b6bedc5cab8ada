"""Every text comes back byte for byte."""

import pytest

from kit.api import Api, assert_problem

LIMIT = 65_536  # Bytes of UTF-8.
WHITE_SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + (
    "\u2028\u2029\u202f\u205f\u3000")
NAUGHTY = [
    "'", "''", "'; DROP TABLE messages; --", "1' OR '1'='1", "Robert'); DELETE FROM bots; --",
    "$1", "$$", "$tag$", "?", ":id :text ::text", "E'\\''", "\\", "\\\\", "\\N", "\\.", "\\x41",
    "{", "}", "{a,b}", "{\"a\",NULL}", "NULL", "null", "undefined", "true", "0", "-1", "1e400",
    "NaN", "\"", "\"quoted\"", "a,b", "(a,b)", "[1]", "%", "%s%n%p", "%00", 
    "&amp;", "<script>alert(1)</script>",
    "../../etc/passwd", "${jndi:ldap://x}", "{{7*7}}", "`id`", "a\r\nX-Injected: yes\r\n\r\n",
    "  leading and trailing  ", "\n\n", "tab\tand\nnewline\r\n", "\x01\x02\x1b[31m\x1f\x7f",
    "\u0085x\u2028y\u2029", "x\u00a0", "\ufeffBOM", "\ufffe\uffff\ufdd0", "\U0010ffff", "\ufffd",
    "e\u0301 is not \u00e9", "\u202eright to left\u202c", "\u200b\u200d\u2060", "\u0e33\u0300" * 9,
    "Ω≈ç√∫˜µ≤≥÷", "田中さんにあげて下さい", "ﷺ", "مرحبا", "שלום", "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1e7\U0001f1f7", "\U0001f44d\U0001f3fd", "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮", "/", "</", "\b\f",
    "\x7f",
]


@pytest.mark.parametrize("text", [text for text in NAUGHTY if text.strip()], ids=ascii)
def test_any_text_comes_back(api, talk, text):
    message = talk.say(text)

    assert message["text"] == text
    assert api.get(f"/messages/{message['id']}").json() == message
    assert talk.listed() == [message]


def test_all_texts_come_back_from_one_batch(api, talk):
    texts = [text for text in NAUGHTY if text.strip()]

    answer = api.post("/messages", json=[talk.message(text) for text in texts])

    assert answer.status_code == 201
    assert [message["text"] for message in answer.json()] == texts
    assert talk.listed() == answer.json()


def test_every_code_point_of_the_first_plane_comes_back(api, talk):
    points = [point for point in range(1, 0x10000) if not 0xD800 <= point < 0xE000]
    texts = ["x" + "".join(map(chr, points[at:at + 8000])) for at in range(0, len(points), 8000)]

    for text in texts:
        talk.say(text)

    assert [message["text"] for message in talk.listed()] == texts


@pytest.mark.parametrize("letter", ["a", "é", "€", "\U0001f916", "\\u0061", "\\n"])
def test_a_text_of_the_greatest_size_is_kept(api, talk, letter):
    size = 1 if letter[0] == "\\" else len(letter.encode())
    count = (LIMIT - 1) // size
    body = ('{"conversationId":"%s","from":"%s","to":"%s","text":"%s"}' % (
        talk.conversation, talk.bot, talk.client, "b" * (LIMIT - count * size) + letter * count))

    created = api.send_json("POST", "/messages", body)

    assert created.status_code == 201
    assert len(created.json()["text"].encode()) == LIMIT
    assert talk.listed() == [created.json()]


@pytest.mark.parametrize("text", ["a" * (LIMIT + 1), "é" * (LIMIT // 2) + "a", "a" * 200_000],
                         ids=len)
def test_a_text_past_the_limit_is_refused(api, talk, text):
    assert_problem(api.post("/messages", json=talk.message(text)), 400, at="/text")
    assert talk.listed() == []


@pytest.mark.parametrize("text", ["", *WHITE_SPACE, " \t\r\n", WHITE_SPACE], ids=ascii)
def test_a_blank_text_is_refused(api, talk, text):
    assert_problem(api.post("/messages", json=talk.message(text)), 400, "invalid-field", "/text")
    assert talk.listed() == []


@pytest.mark.parametrize("text", ["\x00", "a\x00", "\x00a", "a\x00b"], ids=ascii)
def test_a_null_character_is_refused(api, talk, text):
    assert_problem(api.post("/messages", json=talk.message(text)), 400, "invalid-field", "/text")
    assert talk.listed() == []


def test_escapes_are_understood(api, talk):
    body = ('{"conversationId":"%s","from":"%s","to":"%s","te\\u0078t":"%s"}' % (
        talk.conversation, talk.bot, talk.client, r"\u0041\/\b\f\n\r\t\"\\\ud83e\udd16\u00E9"))

    created = api.send_json("POST", "/messages", body)

    assert (created.status_code, created.json()["text"]) == (201, "A/\b\f\n\r\t\"\\\U0001f916é")


@pytest.mark.parametrize("way", ["flag", "environment"])
def test_the_limit_can_be_set(start_server, way):
    if way == "flag":
        server = start_server("--max-text-size", "100")
    else:
        server = start_server(environment={"BOTAPI_MAX_TEXT_SIZE": "100"})
    with Api(server) as api:
        bot = api.new_bot()
        ends = {"conversationId": bot, "from": bot, "to": "16edd3b3-3f75-40df-af07-2a3813a79ce9"}

        assert api.post("/messages", json=ends | {"text": "é" * 50}).status_code == 201
        assert_problem(api.post("/messages", json=ends | {"text": "é" * 50 + "a"}), 400, at="/text")
