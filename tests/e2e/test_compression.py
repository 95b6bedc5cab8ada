"""Compressed answers and bodies: gzip and zstd."""

import gzip
import json
import re
import subprocess
import time
import zlib

import pytest
import zstandard

from kit.api import NDJSON, STRONG_TAG, Api, Talk, assert_problem, new_id
from kit.keys import Keys
from kit.raw import Raw, once

SMALL, LARGE = 100, 2_000  # Bytes of a text, so that its list is or is not worth the work.
IMPORT = {"Content_Type": "application/x-ndjson"}
JSON = {"Content_Type": "application/json"}


def zstd(content, **options):
    return zstandard.ZstdCompressor(**options).compress(content)


def unzstd(content):
    return zstandard.ZstdDecompressor().decompressobj().decompress(content)


PACK = {"gzip": gzip.compress, "x-gzip": gzip.compress, "zstd": zstd}
UNPACK = {"gzip": gzip.decompress, "zstd": unzstd, None: lambda content: content}


def plain(answer):
    """The body as it was before its coding."""
    return UNPACK[answer.header("content-encoding")](answer.content)


def get(api, path, accept=None, method="GET", **headers):
    if accept is not None:
        headers["Accept_Encoding"] = accept
    return once(api.server, method, path, **headers)


def words(answer, name):
    return {word.strip().lower() for word in (answer.header(name) or "").split(",") if word.strip()}


@pytest.fixture
def said(talk):
    """The path of a list that is worth compressing."""
    for number in range(3):
        talk.say(f"{number}" * LARGE)
    return f"/messages?conversationId={talk.conversation}"


@pytest.fixture(scope="module")
def long_list(server):
    """The path of a list that is sent in parts."""
    with Api(server) as api:
        talk = Talk(api)
        lines = "".join(json.dumps(talk.message(f"{number} {new_id()}")) + "\n"
                        for number in range(3_000))
        assert api.post("/messages", content=lines, headers=NDJSON).status_code == 200
        yield f"/messages?conversationId={talk.conversation}"


@pytest.mark.parametrize("accept, coding", [
    (None, None), ("", None), ("identity", None), ("br", None), ("gzip;q=0", None),
    ("gzip", "gzip"), ("x-gzip", "gzip"), ("GZIP", "gzip"), ("gzip, deflate, br", "gzip"),
    ("zstd", "zstd"), ("gzip, zstd", "zstd"), ("gzip;q=1.0, zstd;q=0.5", "gzip"),
    ("gzip;q=0.1", "gzip"), ("gzip;q=0.5, identity;q=0.6", None), ("gzip;q=0.5, identity;q=0.5", "gzip"),
    ("*", "gzip"), ("*;q=0.1", "gzip"), ("*, gzip;q=0", None), ("zstd, *;q=0", "zstd"),
    ("identity;q=0, gzip", "gzip"), ("*;q=0, gzip;q=0.001", "gzip"),
    ("gzip;q=nonsense", None), ("gzip;q=2", None), ("gzip;x=y;q=0.5", "gzip"), (" gzip , ", "gzip"),
])
def test_the_client_gets_the_coding_that_it_prefers(api, said, accept, coding):
    usual = get(api, said)
    answer = get(api, said, accept)

    assert answer.status_code == 200
    assert answer.header("content-encoding") == coding
    assert plain(answer) == usual.content
    assert "accept-encoding" in words(answer, "vary") & words(usual, "vary")
    assert (len(answer.content) < len(usual.content) / 4) == (coding is not None)


def test_several_fields_are_one_list(api, said):
    with Raw(api.server) as raw:
        raw.send(f"GET {said} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip;q=0.5\r\n"
                 "Accept-Encoding: zstd\r\n\r\n")
        assert raw.answer().header("content-encoding") == "zstd"


@pytest.mark.parametrize("accept", ["br, identity;q=0", "*;q=0", "identity;q=0"])
def test_a_client_that_takes_nothing_gets_406(api, said, talk, accept):
    assert_problem(get(api, said, accept), 406, "not-acceptable", naming="Accept-Encoding")
    before = len(talk.listed())
    refused = api.post("/messages", json=talk.message(), headers={"Accept-Encoding": accept})
    assert refused.status_code == 406
    assert len(talk.listed()) == before


def test_small_answers_are_sent_as_they_are(api, talk):
    message = talk.say("x" * SMALL)
    answer = get(api, f"/messages/{message['id']}", "gzip")

    assert answer.header("content-encoding") is None
    assert "accept-encoding" not in words(answer, "vary")
    forced = get(api, f"/messages/{message['id']}", "gzip, identity;q=0")
    assert forced.header("content-encoding") == "gzip"
    assert json.loads(plain(forced)) == message


@pytest.mark.parametrize("accept", [None, "gzip", "zstd"])
@pytest.mark.parametrize("path", [
    "/openapi.json", "/asyncapi.json", "/docs", "/docs/docs.js", "/docs/docs.css", "/problems",
    "/problems/not-found"])
def test_pages(api, path, accept):
    answer = get(api, path, accept)

    assert answer.header("content-encoding") == accept
    assert plain(answer) == get(api, path).content
    assert "accept-encoding" in words(answer, "vary")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("path", ["{list}", "{long}", "{message}", "/openapi.json"])
def test_each_coding_has_a_tag_of_its_own(api, talk, said, long_list, path, coding):
    message = talk.say("x" * LARGE)
    path = path.format(list=said, long=long_list, message=f"/messages/{message['id']}")
    usual, coded = get(api, path), get(api, path, coding)
    other = "zstd" if coding == "gzip" else "gzip"

    assert STRONG_TAG.fullmatch(coded.header("etag"))
    assert len({usual.header("etag"), coded.header("etag"), get(api, path, other).header("etag")}) == 3
    assert plain(coded) == usual.content
    for known in (usual.header("etag"), coded.header("etag")):
        for tags in (known, f"W/{known}", f'"x", {known}'):
            spared = get(api, path, coding, If_None_Match=tags)
            assert (spared.status_code, spared.content) == (304, b"")
            assert spared.header("etag") == known, "it is the one that the client has"
            assert "accept-encoding" in words(spared, "vary")
    both = f'{usual.header("etag")}, {coded.header("etag")}'
    assert get(api, path, coding, If_None_Match=both).header("etag") == coded.header("etag")
    assert get(api, path, coding, If_None_Match='"other"').status_code == 200


def test_a_client_is_not_sent_back_to_a_coding_that_it_does_not_take(api, said):
    """A cache may send the tag of what it keeps for another client."""
    tag = get(api, said, "gzip").header("etag")

    for accept in (None, "zstd", "gzip;q=0"):
        answer = get(api, said, accept, If_None_Match=tag)
        assert answer.status_code == 200
        assert answer.header("etag") != tag
    usual = get(api, said).header("etag")
    assert get(api, said, "gzip, identity;q=0", If_None_Match=usual).status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_write_may_name_the_tag_of_any_coding(api, coding):
    bot = api.new_bot("x" * 255)
    answer = get(api, f"/bots/{bot}", f"{coding}, identity;q=0")
    tag = answer.header("etag")
    assert tag.endswith(f'-{coding}"')

    named = api.put(f"/bots/{bot}", json={"name": "y"}, headers={"If-Match": tag})
    assert named.status_code == 200
    again = api.put(f"/bots/{bot}", json={"name": "z"}, headers={"If-Match": tag})
    assert_problem(again, 412)
    other = api.put(f"/bots/{bot}", json={"name": "z"}, headers={"If-Match": '"2-br"'})
    assert_problem(other, 412)


@pytest.mark.parametrize("accept", [None, "gzip", "zstd"])
@pytest.mark.parametrize("path", ["{list}", "{long}", "{list}&limit=2", "/openapi.json", "/bots"])
def test_head_has_the_headers_of_get(api, said, long_list, path, accept):
    path = path.format(list=said, long=long_list)
    got, head = get(api, path, accept), get(api, path, accept, method="HEAD")

    for header in set(got.headers) - {"date", "x-request-id"}:
        assert head.header(header) == got.header(header), header
    assert head.content == b""


@pytest.mark.parametrize("accept, media_type", [
    ("gzip", "application/json"), ("zstd", "application/json"), ("gzip", "application/x-ndjson")])
def test_a_long_list_is_sent_in_parts_that_can_be_read_at_once(api, long_list, accept, media_type):
    usual = get(api, long_list, Accept=media_type)
    with Raw(api.server) as raw:
        raw.ask("GET", long_list, Accept=media_type, Accept_Encoding=accept)
        answer = raw.head()
        assert answer.header("content-encoding") == accept
        assert answer.header("transfer-encoding") == "chunked"
        unpack = (zlib.decompressobj(31) if accept == "gzip"
                  else zstandard.ZstdDecompressor().decompressobj())
        read, parts, size = b"", [], 0
        while chunk := raw.chunk():
            parts.append(unpack.decompress(chunk))
            size += len(chunk)
            read += parts[-1]
    assert read == usual.content
    assert len(parts) > 2
    assert all(parts[:-1]), "each part can be read when it arrives"
    assert parts[0].count(b'"id"') >= 100
    assert size < len(read) / 2


def test_http_1_0_gets_a_long_list_as_well(api, long_list):
    answer = once(api.server, "GET", long_list, version="HTTP/1.0", Accept_Encoding="gzip")

    assert plain(answer) == get(api, long_list).content


def test_a_list_in_memory_is_compressed_once_for_each_coding(fresh):
    talk = Talk(fresh)
    talk.say("x" * LARGE)
    path = f"/messages?conversationId={talk.conversation}"

    def metric(name):
        text = fresh.get("/metrics").text
        return float(re.search(rf"(?m)^botapi_page_cache_{name} (\S+)$", text)[1])

    answers = [get(fresh, path, coding) for coding in ("gzip", "zstd", None)]
    hits, size = metric("hits_total"), metric("bytes")
    again = [get(fresh, path, coding) for coding in ("gzip", "zstd", None)]

    assert [one.content for one in again] == [one.content for one in answers]
    assert metric("hits_total") == hits + 3
    assert metric("bytes") == size
    talk.say("later")
    assert all("later" in plain(get(fresh, path, coding)).decode() for coding in ("gzip", "zstd", None))


def test_what_is_never_compressed(api, talk, said):
    """Streams of events, reports on imports, and texts of people who may not read each other's."""
    line = json.dumps(talk.message("x" * LARGE)) + "\n"
    report = once(api.server, "POST", "/messages", (line * 50).encode(), **IMPORT,
                  Accept_Encoding="gzip, identity;q=0")
    assert report.header("content-encoding") is None
    assert report.content.count(b'"status":201') == 50
    for path in (f"/messages?botId={talk.bot}", f"/messages?clientId={talk.client}",
                 f"/messages?botId={talk.bot}&after=start", f"/conversations?botId={talk.bot}"):
        answer = get(api, path, "gzip, zstd")
        assert answer.header("content-encoding") is None, path
        assert "accept-encoding" not in words(answer, "vary")
    with Raw(api.server) as raw:
        raw.ask("GET", f"{said}&after=start", Accept="text/event-stream", Accept_Encoding="gzip")
        assert raw.head().header("content-encoding") is None
        assert raw.chunk().startswith(b"retry: ")
        assert b"event: message" in raw.chunk()


def test_a_stream_of_a_conversation_may_be_compressed(api, said):
    answer = get(api, f"{said}&after=start&wait=1", "gzip")

    assert answer.header("content-encoding") == "gzip"
    assert plain(answer) == get(api, f"{said}&after=start&wait=1").content


def test_answers_with_a_secret_are_never_compressed(start_server):
    """Not even for a client that refuses everything else."""
    keys = Keys(start_server("--compression", "all"))
    header = {"Authorization": keys.root.headers["Authorization"], **JSON,
              "Accept_Encoding": "gzip, identity;q=0"}
    body = json.dumps({"name": "a key", "scopes": ["messages:read"]}).encode()
    try:
        made = once(keys.server, "POST", "/keys", body, **header)
        assert made.json()["token"]
        listed = once(keys.server, "GET", "/keys", **header)
        assert made.header("content-encoding") is listed.header("content-encoding") is None
        assert once(keys.server, "GET", "/bots", **header).header("content-encoding") == "gzip"
    finally:
        keys.close()


@pytest.mark.parametrize("setting", ["off", "all"])
def test_the_operator_decides(start_server, setting):
    with Api(start_server("--compression", setting)) as api:
        talk = Talk(api)
        talk.say("x" * LARGE)
        everybody = f"/messages?botId={talk.bot}"
        expected = None if setting == "off" else "gzip"

        for path in (everybody, f"/messages?conversationId={talk.conversation}", "/docs"):
            answer = get(api, path, "gzip")
            assert answer.header("content-encoding") == expected
            assert ("accept-encoding" in words(answer, "vary")) == (setting == "all")
            assert plain(answer) == get(api, path).content
        assert get(api, everybody, "identity;q=0").status_code == (200 if setting == "off" else 406)
        body = gzip.compress(json.dumps(talk.message("zipped")).encode())
        sent = once(api.server, "POST", "/messages", body, **JSON, Content_Encoding="gzip")
        if setting == "off":
            assert_problem(sent, 415, "unsupported-media-type")
            assert sent.header("accept-encoding") == "identity"
        else:
            assert sent.status_code == 201


def test_curl_reads_every_coding(api, said, long_list):
    for path in (said, long_list, "/openapi.json"):
        got = subprocess.run(["curl", "-sS", "--compressed", "-D", "-", api.server.url + path],
                             capture_output=True, check=True).stdout
        head, body = got.split(b"\r\n\r\n", 1)
        assert b"content-encoding: " in head.lower()
        assert body == get(api, path).content


# Bodies --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", PACK)
def test_a_body_may_be_compressed(api, talk, coding):
    one, some = talk.message("one"), [talk.message(f"{number}") for number in range(50)]
    for content, status in ((one, 201), (some, 201)):
        body = PACK[coding](json.dumps(content).encode())
        answer = once(api.server, "POST", "/messages", body, **JSON, Content_Encoding=coding)
        assert answer.status_code == status, answer.text
    bot = {"id": new_id(), "name": "Aureo"}
    body = PACK[coding](json.dumps(bot).encode())
    assert once(api.server, "POST", "/bots", body, **JSON, Content_Encoding=coding.upper()).json() == bot
    assert [said["text"] for said in talk.listed()] == ["one", *(f"{n}" for n in range(50))]


@pytest.mark.parametrize("coding", PACK)
@pytest.mark.parametrize("step", [1, 100, 100_000])
def test_an_import_may_be_compressed_and_cut_anywhere(api, talk, coding, step):
    lines = "".join(json.dumps(talk.message(f"{number}")) + "\n" for number in range(300)).encode()
    body = PACK[coding](lines)
    with Raw(api.server) as raw:
        raw.ask("POST", "/messages", **IMPORT, Content_Encoding=coding, Transfer_Encoding="chunked")
        for at in range(0, len(body), step):
            raw.send_chunk(body[at:at + step])
        raw.send(b"0\r\n\r\n")
        answer = raw.answer()
        raw.ask("GET", f"/bots/{talk.bot}")
        assert raw.answer().status_code == 200, "the connection can be used again"
    report = [json.loads(line) for line in answer.content.splitlines()]
    assert [line["line"] for line in report] == list(range(1, 301))
    assert {line["status"] for line in report} == {201}
    assert [said["text"] for said in talk.listed()] == [f"{number}" for number in range(300)]


def test_a_compressed_import_is_reported_while_it_is_sent(api, talk):
    pack = zlib.compressobj(wbits=31)
    with Raw(api.server) as raw:
        raw.ask("POST", "/messages", **IMPORT, Content_Encoding="gzip", Transfer_Encoding="chunked")
        for number in range(1, 20):
            line = json.dumps(talk.message(f"{number}")).encode() + b"\n"
            raw.send_chunk(pack.compress(line) + pack.flush(zlib.Z_SYNC_FLUSH))
            if number == 1:
                assert raw.head().status_code == 200
            assert json.loads(raw.chunk())["line"] == number
        raw.send_chunk(pack.flush())
        raw.send(b"0\r\n\r\n")
        assert raw.chunk() == b""


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_several_members_are_one_body(api, talk, coding):
    text = json.dumps(talk.message("parts")).encode()
    body = b"".join(PACK[coding](part) for part in (text[:10], b"", text[10:11], text[11:]))

    answer = once(api.server, "POST", "/messages", body, **JSON, Content_Encoding=coding)

    assert answer.status_code == 201, answer.text
    assert answer.json()["text"] == "parts"


def garbled(coding):
    whole = PACK[coding](json.dumps({"name": "x" * 100}).encode())
    yield b"{}"
    yield whole[:-1]
    yield whole[:5]
    yield whole + b"garbage"
    yield whole + b"\0"
    if coding == "gzip":  # zstd's checksum is optional.
        yield whole[:20] + bytes([whole[20] ^ 0xff]) + whole[21:]
        yield whole[:-5] + bytes([whole[-5] ^ 1]) + whole[-4:]  # The length.
        yield whole[:-8] + bytes([whole[-8] ^ 1]) + whole[-7:]  # The checksum.
        yield zlib.compress(b"{}")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_garbled_body_is_400(api, coding):
    for body in garbled(coding):
        answer = once(api.server, "POST", "/bots", body, **JSON, Content_Encoding=coding)
        assert_problem(answer, 400, "malformed-request", naming=["Content-Encoding", coding])


def test_an_empty_body_is_empty_in_any_coding(api):
    answer = once(api.server, "POST", "/bots", b"", **JSON, Content_Encoding="gzip")
    assert_problem(answer, 400, "malformed-json")


@pytest.mark.parametrize("coding", [
    "br", "deflate", "compress", "gzip, gzip", "gzip, identity", "", "gzip;q=1", "*"])
def test_an_unknown_coding_is_415_and_says_what_is_known(api, talk, coding):
    answer = once(api.server, "POST", "/messages", b"{}", **JSON, Content_Encoding=coding)

    assert_problem(answer, 415, "unsupported-media-type", naming="Content-Encoding")
    assert words(answer, "accept-encoding") == {"gzip", "zstd"}


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("headers", [JSON, IMPORT])
def test_a_bomb_is_413_long_before_it_is_read(api, coding, headers):
    bomb = PACK[coding](b"0" * 300_000_000)
    since = time.monotonic()
    answer = once(api.server, "POST", "/messages", bomb, **headers, Content_Encoding=coding)

    assert_problem(answer, 413, "body-too-large")
    assert time.monotonic() - since < 1


def test_a_bomb_within_a_bomb_is_only_bytes(api):
    answer = once(api.server, "POST", "/messages", gzip.compress(gzip.compress(b"0" * 10_000_000)),
                  **JSON, Content_Encoding="gzip")
    assert_problem(answer, 400, "malformed-json")


def test_texts_shrink_and_are_no_bombs(api, talk):
    """Lines that are all alike, and lines as they are."""
    line = json.dumps(talk.message("x")) + "\n"
    lines = "".join(json.dumps(talk.message("Oi! Como posso te ajudar?", id=new_id())) + "\n"
                    for _ in range(20_000))
    numbered = "".join(json.dumps(talk.message(f"{number}")) + "\n" for number in range(20_000))
    for content, coding in ((line * 4_000, "gzip"), (lines, "gzip"), (lines, "zstd"),
                            (line * 4_000, "zstd"), (numbered, "gzip"), (numbered, "zstd")):
        body = PACK[coding](content.encode())
        answer = once(api.server, "POST", "/messages", body, **IMPORT, Content_Encoding=coding,
                      Prefer="return=minimal")
        sums = json.loads(answer.content)
        assert sums["stored"] + sums["replayed"] == content.count("\n"), answer.text[:500]


def test_the_limit_of_a_body_is_that_of_what_comes_out(start_server):
    with Api(start_server("--max-body-size", "10KiB")) as api:
        for size, status in ((9_000, 400), (11_000, 413)):
            body = gzip.compress(json.dumps({"none": "x" * size}).encode())
            answer = once(api.server, "POST", "/bots", body, **JSON, Content_Encoding="gzip")
            assert answer.status_code == status, answer.text


def test_a_large_window_needs_memory_from_the_budget(api, talk):
    """Of zstd, the frame decides; more than 8 MiB is not for HTTP (RFC 9659)."""
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    pack = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    body = pack.compress(json.dumps(talk.message()).encode()) + pack.flush()

    answer = once(api.server, "POST", "/messages", body, **JSON, Content_Encoding="zstd")

    assert_problem(answer, 400, "malformed-request")


def test_a_client_that_waits_for_100_may_compress(api, talk):
    body = gzip.compress(json.dumps(talk.message()).encode())
    with Raw(api.server) as raw:
        raw.ask("POST", "/messages", Content_Type="application/json", Content_Encoding="gzip",
                Content_Length=len(body), Expect="100-continue")
        assert raw.head().status_code == 100
        raw.send(body)
        assert raw.answer().status_code == 201


def test_an_idempotency_key_is_about_the_content(api, talk):
    body = json.dumps(talk.message("once")).encode()
    sent = [once(api.server, "POST", "/messages", content, **JSON, Idempotency_Key="k-" + talk.bot, **more)
            for content, more in ((body, {}), (gzip.compress(body), {"Content_Encoding": "gzip"}),
                                  (zstd(body), {"Content_Encoding": "zstd"}))]

    assert {one.status_code for one in sent} == {201}
    assert len({one.content for one in sent}) == 1
    assert len(talk.listed()) == 1
