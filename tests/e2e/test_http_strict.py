"""HTTP/1.1 by the letter: RFC 9112, and what of RFC 9110 it needs.

Each case is what a client sends, and how it is answered. After what is refused for its form comes no
further answer: the connection ends, and what follows in it is nobody's request.
"""

import json

import pytest

from kit.api import Api, assert_problem, new_id
from kit.raw import Raw
from kit.wait import eventually

NEXT = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
BOT = json.dumps({"name": "x"})


def get(fields="", target="/bots?limit=1", method="GET", version="HTTP/1.1", host="Host: localhost\r\n"):
    return f"{method} {target} {version}\r\n{host}{fields}\r\n"


def post(fields, body=""):
    return f"POST /bots HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{fields}\r\n{body}"


def chunked(body, coding="Transfer-Encoding: chunked\r\n"):
    return post(coding, body)


def length(value, name="Content-Length"):
    return post(f"{name}: {value}\r\n", BOT)


ONE_CHUNK = f"{len(BOT):x}\r\n{BOT}\r\n"
SIZE = f"{len(BOT):x}"
CONTROLS = [*range(0x00, 0x09), 0x0b, 0x0c, *range(0x0e, 0x20), 0x7f]

REQUEST_LINES = [
    "GET", "GET ", "GET /bots", "GET /bots ", "GET /bots HTTP/1.1 ", "GET  /bots HTTP/1.1",
    "GET /bots  HTTP/1.1", " GET /bots HTTP/1.1", "\tGET /bots HTTP/1.1", "GET\t/bots HTTP/1.1",
    "GET /bots\tHTTP/1.1", "GET /a b HTTP/1.1", "/bots HTTP/1.1", "GET HTTP/1.1",
    "G(T /bots HTTP/1.1", "GET: /bots HTTP/1.1", "G\x00T /bots HTTP/1.1", "G@T /bots HTTP/1.1",
    "\xc0GET /bots HTTP/1.1", "GET /bots HTTP/1.1x", "GET /bots HTTP/11", "GET /bots HTTP/1",
    "GET /bots HTTP/1.", "GET /bots HTTP/.1", "GET /bots HTTP/1.10", "GET /bots HTTP/01.1",
    "GET /bots HTTP/a.b", "GET /bots http/1.1", "GET /bots HTTPS/1.1", "GET /bots HTTP1.1",
    "GET /bots HTTP /1.1", "GET /bots FTP/1.1", "GET /bots HTTP/-1.1", "GET /bots 1.1",
]

TARGETS = [
    "bots", "?limit=1", "*", "bots/", "localhost", "localhost:80", "/bots#x", "/bots?limit=1#",
    "/%", "/%2", "/%zz", "/bots?a=%", "/b\xf6ts", "/bots?name=\xe9", "/\u20ac",
    "/bots\\x", "/bots^", "/bots|", "/<bots>", '/"bots"', "/bots`", "/{bots}", "/bots?a=\"b\"",
    "http:", "http:/", "http://", "http:///bots", "http://:80/bots", "http://user@x/bots",
    "http://user:password@x/bots", "http://x/bots#y", "http://x:99999/bots", "http://x:y/bots",
    "http://[::1/bots", "ftp://x/bots", "file:///bots", "urn:bots", "javascript:1", "http:bots",
]

FIELDS = [
    "X-A : b\r\n", "X-A\t: b\r\n", " X-A: b\r\n", "\tX-A: b\r\n", "X A: b\r\n", ": b\r\n", "X-A\r\n",
    "X-A b\r\n", "X(A): b\r\n", "X-A@: b\r\n", "X-\xe4: b\r\n", "X-[A]: b\r\n", "X-A: b\r\n c\r\n",
    "X-A: b\r\n\tc\r\n", "X-A:\r\n b\r\n", "X-A: b\r\n \r\n", "X-A: b\rc\r\n", "X-A: b\nc: d\r\n",
    "X-A: b\n", "X-A: b\r\r\n", "\"X-A\": b\r\n", "X-A,: b\r\n", "X-A; b: c\r\n", "{X}: b\r\n",
    "X/A: b\r\n", "X-A\\: b\r\n", "X-A=b\r\n", "X-A?: b\r\n", "X-A<: b\r\n",
    *(f"X-A: b{chr(code)}c\r\n" for code in CONTROLS),
    *(f"X-A{chr(code)}: c\r\n" for code in (0x00, 0x0b, 0x0c, 0x7f)),
]

HOSTS = [
    "", "Host: a\r\nHost: b\r\n", "Host: localhost\r\nHost: localhost\r\n", "Host:\r\n", "Host: \r\n",
    "Host: a b\r\n", "Host: a,b\r\nHost: c\r\n", "Host: user@x\r\n", "Host: http://x\r\n",
    "Host: x/y\r\n", "Host: x:y\r\n", "Host: x:80:80\r\n", "Host: x:99999\r\n", "Host: :80\r\n",
    "Host: [::1\r\n", "Host: ::1\r\n", "Host: x?y\r\n", "Host: x#y\r\n", "Host: <x>\r\n",
    "Host: x\\y\r\n", "Host: %zz\r\n", "Host: \xe9\r\n", "Host: x\ty\r\n", "Host: [x]\r\n",
]

LENGTHS = [
    "", "-1", "+12", "0x0c", "12 12", "12,12", "12, 12", "12;", "1e1", "12.0", "a", "\"12\"", "１２",
    "99999999999999999999999", "18446744073709551616", "12\x0b", "(12)", "12 a", ",12", "12,",
]

CODINGS = [
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding:\r\n", "Transfer-Encoding: \r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 12\r\n",
    "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n",
    "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding : chunked\r\n", "Transfer-Encoding\t: chunked\r\n",
    "Transfer-Encoding:\r\n chunked\r\n", "Transfer-Encoding: chunked\r\n ,gzip\r\n",
    "Transfer-Encoding: \x0bchunked\r\n", "X: y\nTransfer-Encoding: chunked\r\n",
]

UNKNOWN_CODINGS = [
    "identity", "gzip", "gzip, chunked", "gzip, x, Chunked", "xchunked", "chunkedx", "chunked;a=b",
    "\"chunked\"", "chunk", "x", "deflate", "cow",
]

ENDLESS_CODINGS = [  # RFC 9112 section 6.3: nobody can say where these bodies end.
    "chunked, gzip", "chunked,gzip", "Chunked , deflate", "chunked, chunked", "CHUNKED,chunked",
    "chunked, identity", "gzip, chunked, gzip", "gzip, chunked, chunked", "chunked, x, chunked",
    ",chunked", "chunked,", "chunked, ,", ",", "gzip,, chunked",
]

CHUNKS = [
    "x\r\n", "-1\r\n", "+1\r\na\r\n0\r\n\r\n", "0x1\r\na\r\n0\r\n\r\n", "\r\n", ";a\r\n", " 1\r\na\r\n",
    "1 \r\na\r\n0\r\n\r\n", "1\t\r\na\r\n0\r\n\r\n", "1\na\r\n0\r\n\r\n", "1\ra\r\n0\r\n\r\n",
    "1\r\na0\r\n\r\n", "1\r\nab\r\n0\r\n\r\n", "1\r\na\n0\r\n\r\n", "1\r\na\r0\r\n\r\n",
    "FFFFFFFFFFFFFFFFF\r\n", "10000000000000000\r\n", "1;\na\r\n0\r\n\r\n", "1;a\nb\r\na\r\n0\r\n\r\n",
    "1;a\rb\r\na\r\n0\r\n\r\n", "1;a=\x00\r\na\r\n0\r\n\r\n", "1;a=b\"\r\na\r\n0\r\n\r\n",
    *(f'1;a="{chr(code)}"\r\na\r\n0\r\n\r\n' for code in [*CONTROLS, 0x0a, 0x0d]),
    "1\r\na\r\n0;a=\"\n\"\r\n\r\n", "1;a=\"\\\n\"\r\na\r\n0\r\n\r\n",
    "1;=b\r\na\r\n0\r\n\r\n", "1 a\r\na\r\n0\r\n\r\n", "1,2\r\na\r\n0\r\n\r\n", "1.0\r\na\r\n0\r\n\r\n",
    "1\r\na\r\n0\r\nX : y\r\n\r\n", "1\r\na\r\n0\r\nX Y: z\r\n\r\n", "1\r\na\r\n0\r\nX: y\n\r\n\r\n",
    "1\r\na\r\n0\r\nno colon\r\n\r\n", "1\r\na\r\n0\r\n: y\r\n\r\n",
    "1\r\na\r\n0\r\nX: \x00\r\n\r\n", "1\r\na\r\n0\n\r\n", "1\r\na\r\n0 \r\n\r\n", "1\r\na\r\n0;a\n\r\n",
    "1\r\na\r\n0\r\nX: y\r\n z\r\n\r\n", "1\r\na\r\n0\r\nX: y\r\n\tz\r\nZ:\r\n\r\n",
    "1\r\na\r\n0\r\n X: y\r\n\r\n", "1\r\na\r\n0\r\nX: y\r\n \r\n\r\n",
    "1\r\na\r\n0\r\nX: y\r\n\n", "1;\r\na\r\n0\r\n\r\n", "1;a=\r\na\r\n0\r\n\r\n", "zz\r\n", "zz", "0\r\nX",
    "1\r\na\r\n0x\r\n\r\n", "1\r\na\r\n0\r\n\n", "1\r\na\r\n0\r\n\rX", "1\r\na\r\n00000000000000000\r\n\n",
]

UNDERSTOOD = [
    get(), get("X-A:b\r\n"), get("X-A:  b \t \r\n"),
    get("X-A:\r\n"), get("X-A: \xe4\xff\r\n"), get("X-!#$%&'*+-.^_`|~1: b\r\n"), get("X-A: b\tc\r\n"),
    get("x-a: 1\r\nX-A: 2\r\n"), get(host="host: x\r\n"), get(host="HOST: x:80\r\n"),
    get(host="Host: x:\r\n"), get(host="Host: [::1]:8000\r\n"), get(host="Host: 127.0.0.1\r\n"),
    get(host="Host:x\r\n"), get(host="Host: a-b.c_d~e\r\n"), get(host="Host: x%20y\r\n"),
    get(target="http://other.example/bots?limit=1"), get(target="HTTP://x:80/bots?limit=1"),
    get(target="http://[::1]/bots?limit=1"), get(target="/bots?limit=%31"), get(host="Host: x:65535\r\n"),
    get("Content-Length: 0\r\n"), "\r\n" + get(), "\r\n\r\n" + get(), get("Expect:\r\n").replace(
        "Expect:\r\n", ""), get("Connection: keep-alive, x\r\nX: 1\r\n"),
    get("Upgrade: h2c\r\nConnection: Upgrade\r\n"), get(method="HEAD"), get(target="*", method="OPTIONS"),
    post(f"Content-Length: {len(BOT)}\r\n", BOT), post(f"Content-Length: 000{len(BOT)}\r\n", BOT),
    post(f"content-length:{len(BOT)}\r\n", BOT), chunked(ONE_CHUNK + "0\r\n\r\n"),
    chunked(ONE_CHUNK + "000\r\n\r\n"), chunked("000" + ONE_CHUNK + "0\r\n\r\n"),
    chunked(ONE_CHUNK.upper().replace(BOT.upper(), BOT) + "0\r\n\r\n"),
    chunked(f"{SIZE};a\r\n{BOT}\r\n0\r\n\r\n"), chunked(f"{SIZE};a=b\r\n{BOT}\r\n0;c=d\r\n\r\n"),
    chunked(f'{SIZE};a="b;c"\r\n{BOT}\r\n0\r\n\r\n'), chunked(f"{SIZE} ; a = b\r\n{BOT}\r\n0\r\n\r\n"),
    chunked(ONE_CHUNK + "0\r\nX-Trailer: y\r\n\r\n"), chunked(ONE_CHUNK + "0\r\nX: y\r\nZ:\r\n\r\n"),
    chunked(ONE_CHUNK + "0\r\n\r\n", "Transfer-Encoding: Chunked\r\n"),
    chunked(ONE_CHUNK + "0\r\n\r\n", "transfer-encoding:chunked\r\n"),
    chunked("".join(f"1\r\n{byte}\r\n" for byte in BOT) + "0\r\n\r\n"),
]


def refused(cases, status=400):
    return [(case, status) for case in cases]


REFUSED = [
    *refused(f"{line}\r\nHost: localhost\r\n\r\n" for line in REQUEST_LINES),
    *refused(get(target=target) for target in TARGETS),
    *refused(get(fields) for fields in FIELDS),
    *refused(get(host=host) for host in HOSTS),
    *refused(length(value) for value in LENGTHS),
    *refused([length(len(BOT), "Content-Length: 3\r\nContent-Length"),
              length(len(BOT), f"Content-Length: {len(BOT)}\r\nContent-Length"),
              length(len(BOT), "Content-Length "), length(len(BOT), "Content-Length:\r\n ")]),
    *refused(chunked(ONE_CHUNK + "0\r\n\r\n", coding) for coding in CODINGS),
    *refused((chunked(ONE_CHUNK + "0\r\n\r\n", f"Transfer-Encoding: {coding}\r\n")
              for coding in UNKNOWN_CODINGS), 501),
    *refused(chunked(ONE_CHUNK + "0\r\n\r\n", f"Transfer-Encoding: {coding}\r\n")
             for coding in ENDLESS_CODINGS),
    *refused(chunked(body) for body in CHUNKS),
    *refused(get(version=f"HTTP/{version}") for version in ("0.9", "1.2", "2.0", "3.0", "9.9")),
    *refused(["GET /bots\r\n", "GET /bots HTTP/1.1\nHost: x\n\n", "GET /bots HTTP/1.1\r\nHost: x\n\r\n",
              "GET /bots HTTP/1.1\rHost: localhost\r\r", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
              "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x00", "GET /bots HTTP/1.1\r\nHost: localhost\r\nA: \x01"]),
    *refused([get(target="x:80", method="CONNECT"), get(target="/bots", method="CONNECT")], 501),
    *refused([get(method="M" * 33), get(method="M" * 5_000), "M" * 33, "M" * 100_000], 501),
    *refused([get("Expect: 200-ok\r\n"), get("Expect: 100-continue, x\r\n")], 417),
]
REFUSED = [(text, 505 if "HTTP/" in text.split("\r\n")[0] and text.split("\r\n")[0][-8:] in (
    "HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9") else status) for text, status in REFUSED]


def encoded(text):
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def short(text):
    return ascii(text.replace("HTTP/1.1\r\nHost: localhost\r\n", "~").replace(
        "POST /bots ~Content-Type: application/json\r\n", "POST "))[1:-1][:60]


@pytest.fixture(scope="module", name="server")
def _server(new_database, launch):
    """One that takes any host: here, only the form of a host counts."""
    running = launch(new_database(), "--allowed-host", "*")
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module", name="api")
def _api(server):
    with Api(server) as client:
        yield client


def test_there_are_enough_cases():
    assert len({text for text, _ in REFUSED}) + len(set(UNDERSTOOD)) >= 250


@pytest.mark.parametrize("text, status", REFUSED, ids=lambda value: short(str(value)))
def test_a_malformed_request_ends_the_connection(server, text, status):
    with Raw(server) as raw:
        raw.send(encoded(text), NEXT)
        answer = raw.answer()
        assert_problem(answer, status)
        assert answer.header("date")
        assert answer.header("connection") == "close"
        assert raw.rest() == b""


@pytest.mark.parametrize("text", UNDERSTOOD, ids=short)
def test_a_well_formed_request_keeps_the_connection_usable(server, text):
    with Raw(server) as raw:
        raw.send(encoded(text), NEXT)
        answer = raw.answer(to=text.split()[0])
        assert answer.status_code in (200, 201, 204)
        assert answer.header("date")
        assert raw.answer().status_code == 200


@pytest.mark.parametrize("text", UNDERSTOOD, ids=short)
def test_the_segmentation_of_a_request_makes_no_difference(server, text):
    data = encoded(text)
    with Raw(server) as raw:
        for at in range(0, len(data), 7):
            raw.send(data[at:at + 7])
        assert raw.answer(to=text.split()[0]).status_code in (200, 201, 204)


def test_refused_requests_store_nothing(server, api):
    name = f"smuggled-{new_id()}"
    hidden = (f"POST /bots HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              f'Content-Length: {len(name) + 11}\r\n\r\n{{"name":"{name}"}}')
    for fields in CODINGS:
        with Raw(server) as raw:
            raw.send(encoded(post(fields, "0\r\n\r\n")), hidden)
            raw.rest()

    assert name not in [bot["name"] for bot in api.get("/bots").json()]


def test_the_count_of_fields_is_limited(start_server):
    server = start_server("--max-header-fields", "5")
    with Raw(server) as raw:
        raw.send(get("X: 1\r\n" * 4))
        assert raw.answer().status_code == 200
        raw.send(get("X: 1\r\n" * 5))
        assert_problem(raw.answer(), 431)


def test_an_http_1_0_client_gets_no_interim_answer(server):
    head = post(f"Expect: 100-continue\r\nContent-Length: {len(BOT)}\r\n").replace("1.1", "1.0")
    with Raw(server) as raw:
        raw.send(head, BOT)
        assert raw.answer().status_code == 201


def test_an_http_1_0_client_gets_no_chunks(server):
    with Raw(server) as raw:
        raw.send(chunked(ONE_CHUNK + "0\r\n\r\n").replace("1.1", "1.0"), NEXT)
        assert_problem(raw.answer(), 400)
        assert raw.rest() == b""


FAULTY_AT_ONCE = [  # With nothing after what can't be right.
    chunked("2\r\n{}\r\n0\r\n\n"), chunked("2\r\n{}\r\n0\r\nX: y\n"), chunked("2\r\n{}\r\n0\r\nX: y\r\n "),
    chunked("2\r\n{}\r\n0\r\nX: y\r\n\n"), chunked("2\r\n{}\r\n0\r\nX: \x00"), chunked("2\r\n{}\r\n0\n"),
    chunked("2\r\n{}\r\n0\r\nno colon\r\n"), chunked("2\r\n{}\r\n0\r\nX : y\r\n"), chunked("2\r\n{}x"),
    chunked("2\n"), chunked("\n"), chunked("z"), chunked("2\r\n{}\n"), chunked('2;a="b\r\n'), chunked("2 \r\n"),
]


@pytest.mark.parametrize("text", FAULTY_AT_ONCE, ids=short)
def test_what_can_not_become_a_body_is_refused_at_once(server, text):
    with Raw(server, timeout=4) as raw:
        raw.send(encoded(text))
        assert_problem(raw.answer(), 400, "malformed-request")
        assert raw.is_closed()


def test_a_method_without_an_end_is_refused_at_once(server):
    with Raw(server, timeout=4) as raw:
        raw.send("M" * 40)
        assert_problem(raw.answer(), 501)
        assert raw.is_closed()


JSON_TYPE = "Content-Type: application/json\r\n"
EARLY = {  # Requests that are answered before their bodies have come.
    400: ("POST /bots?x=1", JSON_TYPE),
    401: ("POST /bots", JSON_TYPE + "Authorization: Bearer bk_0\r\n"),
    404: ("POST /nothing", ""),
    405: ("PUT /bots", JSON_TYPE),
    406: ("POST /bots", JSON_TYPE + "Accept: text/html\r\n"),
    413: ("POST /bots", JSON_TYPE + "Content-Length: 99999999\r\n"),
    415: ("POST /bots", "Content-Type: text/html\r\n"),
    429: ("POST /bots", JSON_TYPE),
}
BROKEN = {"chunk": "zz\r\n", "line feed": "1\n", "second chunk": "1\r\na\r\nzz\r\n"}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("status", [400, 404, 405, 406, 415])
def test_a_body_that_breaks_after_its_answer_is_no_error_of_the_server(server, status, broken):
    target, fields = EARLY[status]
    since = server.log_size()
    with Raw(server, timeout=4) as raw:
        raw.send(f"{target} HTTP/1.1\r\nHost: localhost\r\n{fields}Transfer-Encoding: chunked\r\n\r\n")
        assert_problem(raw.answer(), status)
        raw.send(BROKEN[broken], NEXT)
        assert raw.rest() == b""

    assert not [event for event in server.events(since) if event["level"] not in ("info", "debug")]


def cut_off(server, limit):
    return [event for event in server.events()
            if event.get("event") == "a connection was cut off" and event["limit"] == limit]


@pytest.mark.parametrize("status", EARLY)
def test_a_body_that_stalls_after_its_answer_is_counted(start_server, status):
    flags = ["--body-timeout", "300ms", "--max-client-rate", "1"] if status == 429 else [
        "--body-timeout", "300ms"]
    server = start_server(*flags)
    target, fields = EARLY[status]
    if status == 401:
        with Api(server) as api:
            made = api.post("/keys", json={"name": "x", "scopes": ["admin"]})
            assert made.status_code == 201
    if status == 429:
        with Api(server) as api:
            while api.get("/bots").status_code != 429:
                pass
    framing = "" if status == 413 else "Transfer-Encoding: chunked\r\n"
    with Raw(server, timeout=6) as raw:
        raw.send(f"{target} HTTP/1.1\r\nHost: localhost\r\n{fields}{framing}\r\n")
        answer = raw.answer()
        assert_problem(answer, status)
        raw.send("5\r\nab")
        assert raw.rest() == b""

    # What is too large to be skipped is not waited for.
    expected = 0 if answer.header("connection") == "close" else 1
    eventually(lambda: len(cut_off(server, "body-timeout")) == expected, "it is counted")
    assert not [event for event in server.events() if event["level"] == "error"]


def test_an_answer_arrives_before_a_long_body_has_been_sent(server):
    with Raw(server, timeout=6) as raw:
        raw.send(post("Content-Length: 9999999999\r\n").replace("/json", "/html"))
        for _ in range(40):
            raw.send(b"x" * 65536)
        assert_problem(raw.answer(), 415)


def test_an_import_that_breaks_off_is_no_error_of_the_server(server):
    since = server.log_size()
    with Raw(server, timeout=6) as raw:
        raw.send(chunked("").replace("/bots", "/messages").replace("/json", "/x-ndjson"))
        raw.send_chunk(b"{}\n")
        answer = raw.head()
        assert answer.status_code == 200
        assert json.loads(raw.chunk())["status"] == 400
        raw.send("zz\r\n")
        assert raw.rest() == b""

    assert not [event for event in server.events(since) if event["level"] == "error"]


@pytest.mark.parametrize("endless", [b"1;" + b"a" * 300_000, b"0\r\n" + b"X: y\r\n" * 50_000])
def test_lines_between_chunks_are_limited(server, endless):
    with Raw(server) as raw:
        raw.send(chunked(""))
        try:
            raw.send(endless)
        except ConnectionError:
            pass
        assert_problem(raw.answer(), 400)


def is_served(server):
    try:
        with Raw(server) as raw:
            raw.ask("GET", "/healthz")
            return raw.answer().status_code == 200
    except (ConnectionError, EOFError):
        return False


def test_one_address_can_not_take_all_connections(start_server):
    server = start_server("--max-client-connections", "3")
    kept = [Raw(server) for _ in range(3)]
    for raw in kept:
        raw.ask("GET", "/healthz")
        assert raw.answer().status_code == 200
    with Raw(server) as refused_one:
        assert refused_one.is_closed()
    kept[0].socket.close()
    eventually(lambda: is_served(server), "there is room again")
    for raw in kept[1:]:
        raw.socket.close()
