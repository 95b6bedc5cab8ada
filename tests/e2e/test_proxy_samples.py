"""The samples of compose/proxy: what clients rely on also works behind each proxy."""

import asyncio
import http.client
import json
import re
import threading
import time
from contextlib import closing

import pytest
import websockets

from kit.api import Api, Talk, message, new_id
from kit.proxies import SAMPLES, Proxy, is_installed
from kit.sockets import run
from kit.wait import eventually

pytestmark = pytest.mark.only("sqlite")
PROXIES = ["nginx", "haproxy", "caddy", "apache"]
LINES = 100_000


@pytest.fixture(scope="module")
def trusting(new_database, launch):
    """A server that trusts a proxy at 127.0.0.1, and nobody else."""
    running = launch(new_database(), "--trusted-proxy", "127.0.0.1/32")
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module", params=PROXIES)
def proxy(request, trusting):
    if not is_installed(request.param):
        pytest.skip(f"{request.param} is not installed: apt-get install it to run this test")
    running = Proxy(request.param, trusting)
    yield running
    running.stop()


@pytest.fixture
def talk(proxy):
    with Api(proxy) as api:
        yield Talk(api)


def test_plain_requests(talk):
    said = [talk.say("one"), talk.say("two", inbound=True)]

    assert talk.listed() == said
    answer = talk.api.get("/messages", params={"conversationId": talk.conversation})
    assert "etag" in answer.headers
    again = talk.api.get("/messages", params={"conversationId": talk.conversation},
                         headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert talk.api.get("/messages/nonsense").headers["content-type"] == "application/problem+json"
    assert talk.api.get("/docs").status_code == 200


@pytest.mark.parametrize("path", [
    "/metrics", "/metrics?x=1", "/%6detrics", "/metric%73", "//metrics", "/./metrics",
    "/bots/../metrics", "/metrics/",
])
def test_metrics_are_not_for_clients(proxy, path):
    connection = http.client.HTTPConnection(proxy.host, proxy.port)
    connection.request("GET", path)
    assert connection.getresponse().status in (308, 400, 403, 404)
    connection.close()


def test_a_large_body_and_a_large_list(talk):
    batch = [talk.message("x" * 9000) for _ in range(100)]
    assert talk.api.post("/messages", json=batch).status_code == 201
    for _ in range(9):
        talk.api.post("/messages", json=batch)

    assert len(talk.listed()) == 1000


def test_connections_are_kept(talk, trusting):
    """By the proxy for its client, and to the server."""
    with closing(http.client.HTTPConnection(talk.api.server.host, talk.api.server.port)) as client:
        sockets = set()
        before = accepted(trusting)
        for _ in range(50):
            client.request("GET", f"/bots/{talk.bot}")
            answer = client.getresponse()
            assert (answer.status, bool(answer.read())) == (200, True)
            sockets.add(id(client.sock))
        assert len(sockets) == 1 and client.sock is not None
        assert accepted(trusting) - before < 25


def accepted(server):
    with Api(server) as api:
        text = api.get("/metrics").text
    return float(re.search(r"(?m)^botapi_http_connections_accepted_total (\S+)", text)[1])


def test_events_arrive_at_once(talk):
    path = f"/messages?conversationId={talk.conversation}&after=start"
    with talk.api.stream("GET", path, headers={"Accept": "text/event-stream"}) as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines()
        for number in range(5):
            begin = time.monotonic()
            talk.say(f"{number}")
            data = next(line for line in lines if line.startswith("data:"))
            assert json.loads(data.removeprefix("data:"))["text"] == f"{number}"
            assert time.monotonic() - begin < 1


def test_a_web_socket(talk):
    async def work():
        url = talk.api.server.url.replace("http", "ws", 1) + "/stream"
        async with websockets.connect(url, subprotocols=["botapi.v1"]) as socket:
            assert socket.subprotocol == "botapi.v1"
            await socket.send(json.dumps({
                "type": "subscribe", "id": "s", "conversationId": talk.conversation,
                "after": "start"}))
            await socket.send(json.dumps({"type": "send", "id": "m", "message": talk.message("hi")}))
            kinds = set()
            while not {"subscribed", "sent", "message"} <= kinds:
                frame = json.loads(await asyncio.wait_for(socket.recv(), 10))
                kinds.add(frame["type"])
                assert frame["type"] != "error", frame

    run(work())


def test_a_client_can_not_forge_its_address(proxy, trusting):
    for name in ("X-Forwarded-For", "x-forwarded-for", "Forwarded", "X-Real-IP"):
        path = f"/bots/{new_id()}"
        connection = http.client.HTTPConnection(proxy.host, proxy.port,
                                                source_address=("127.0.0.2", 0))
        value = "for=203.0.113.9" if name == "Forwarded" else "203.0.113.9, 198.51.100.7"
        connection.request("GET", path, headers={name: value})
        connection.getresponse().read()
        connection.close()

        assert remotes(trusting, path) == ["127.0.0.2"]


def test_a_client_can_not_forge_a_prefix(talk):
    made = talk.api.post("/bots", json={"id": new_id(), "name": "x"},
                         headers={"X-Forwarded-Prefix": "/evil"})

    assert made.headers["location"].startswith("/bots/")


def remotes(server, path):
    return eventually(
        lambda: [event["remote"] for event in server.events()
                 if event["event"] == "answered" and event["path"] == path],
        f"{path} is in the log")


def import_lines(talk, lines, headers):
    """Sends the lines in chunks while another thread reads. Returns the head and the report."""
    connection = http.client.HTTPConnection(talk.api.server.host, talk.api.server.port, timeout=120)
    connection.putrequest("POST", "/messages")
    for name, value in {"Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked",
                        **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    failures = []

    def send():
        try:
            for begin in range(0, len(lines), 500):
                part = b"".join(lines[begin:begin + 500])
                connection.send(b"%x\r\n%s\r\n" % (len(part), part))
            connection.send(b"0\r\n\r\n")
        except OSError as error:
            failures.append(error)

    sender = threading.Thread(target=send)
    sender.start()
    answer = connection.getresponse()
    report = answer.read().splitlines()
    sender.join(120)
    connection.close()
    assert not failures, failures
    return answer, report


def lines_for(talk, count):
    return [json.dumps(message(talk.conversation, talk.bot, talk.client, f"line {number} of many",
                               id=new_id())).encode() + b"\n" for number in range(count)]


def test_an_import_of_many_lines(talk, proxy, trusting):
    """nginx, Caddy and Apache pass no answer on while they still pass the request on. So behind
    them an import needs an answer that comes at the end."""
    headers = {} if proxy.name == "haproxy" else {"Prefer": "return=minimal"}
    answer, _ = import_lines(talk, lines_for(talk, 1), headers)
    if headers and answer.getheader("Preference-Applied") is None:
        pytest.skip("this server has no `Prefer: return=minimal`")
    talk.conversation = new_id()

    answer, report = import_lines(talk, lines_for(talk, LINES), headers)

    assert answer.status == 200
    if headers:
        assert json.loads(report[-1])["stored"] == LINES
    else:
        assert len(report) == LINES
        assert all(b'"status":201' in line for line in report)
    with Api(trusting) as api:
        found = api.get(f"/conversations/{talk.conversation}").json()
    assert found["messageCount"] == LINES


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir()))
def test_idle_connections_end_before_the_server_ends_them(sample):
    """Else a request meets a connection that is just being closed."""
    text = re.sub(r"(?m)#.*$", "", (SAMPLES / sample).read_text())
    found = {
        "nginx.conf": r"keepalive_timeout (\d+)s;", "haproxy.cfg": r"pool-purge-delay (\d+)s",
        "Caddyfile": r"keepalive (\d+)s", "apache.conf": r"\bttl=(\d+)",
    }
    seconds = int(re.search(found[sample], text)[1])
    shown = json.loads(program_config())
    idle = next(one["value"] for one in shown if one["name"] == "idle-timeout")
    assert seconds < int(idle.removesuffix("s"))


def program_config():
    from kit import server as program

    return program.run("config", "--json").stdout
