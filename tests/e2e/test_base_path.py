"""The server under a path of its own, as `https://example.com/chat`."""

import json
import re

import pytest

from kit.api import NDJSON, Api, Talk, new_id
from kit.sockets import Socket, run

pytestmark = pytest.mark.only("sqlite")
PREFIX = "/chat"


class Under(Api):
    """A client that puts the path before all others."""

    def __init__(self, server, prefix, **headers):
        super().__init__(server)
        self.prefix = prefix
        self.headers.update(headers)

    def request(self, method, url, **more):
        return super().request(method, self.prefix + str(url), **more)


@pytest.fixture(scope="module")
def based(new_database, launch):
    running = launch(new_database(), "--base-path", PREFIX, "--trusted-proxy", "127.0.0.0/8")
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def proxied(new_database, launch):
    """A server that trusts a proxy, which may take a path away."""
    running = launch(new_database(), "--trusted-proxy", "127.0.0.0/8")
    yield running
    assert running.stop() == 0


@pytest.fixture(params=["base-path", "forwarded"])
def api(request):
    if request.param == "base-path":
        client = Under(request.getfixturevalue("based"), PREFIX)
    else:
        client = Under(request.getfixturevalue("proxied"), "",
                       **{"X-Forwarded-Prefix": PREFIX})
    with client:
        yield client


def test_what_is_made_is_under_the_path(api):
    bot = new_id()
    made = api.post("/bots", json={"id": bot, "name": "Aureo"})
    assert (made.status_code, made.headers["location"]) == (201, f"{PREFIX}/bots/{bot}")
    talk = Talk(api)
    said = api.post("/messages", json=talk.message())
    assert said.headers["location"] == f"{PREFIX}/messages/{said.json()['id']}"


def test_links_lead_to_the_next_page(api):
    talk = Talk(api)
    for number in range(3):
        talk.say(f"{number}")
    for path in (f"/messages?conversationId={talk.conversation}&limit=1", "/bots?limit=1",
                 f"/messages?conversationId={talk.conversation}&after=start&limit=1"):
        answer = api.get(path)
        targets = re.findall(r"<([^>]*)>", answer.headers.get("link", ""))
        assert all(target.startswith(f"{PREFIX}/") for target in targets), targets
        if "conversationId" in path:
            assert targets
            assert api.get(targets[0].removeprefix(PREFIX)).status_code == 200


@pytest.mark.parametrize("path, status", [
    ("/none", 404), ("/messages", 400), ("/bots/x", 400), (f"/messages/{new_id()}", 404),
])
def test_problems_are_under_the_path(api, path, status):
    problem = api.get(path)

    assert problem.status_code == status
    kind = problem.json()["type"]
    assert kind.startswith(f"{PREFIX}/problems/")
    assert problem.json()["instance"] == PREFIX + path
    assert api.get(kind.removeprefix(PREFIX)).status_code == 200


def assert_under_the_path(problem, slug, instance):
    assert problem["type"] == f"{PREFIX}/problems/{slug}"
    assert problem["instance"] == PREFIX + instance


def test_pages_and_what_they_link_to(api):
    for page in ("/docs", "/problems", "/problems/invalid-field"):
        answer = api.get(page)
        links = re.findall(r'(?:href|src)="([^"#:]+)"', answer.text)
        assert links
        for link in links:
            assert not link.startswith("/"), f"{page} links to {link}"
            target = str(answer.request.url.join(link).path)
            assert api.get(target.removeprefix(api.prefix)).status_code == 200, (page, link)
    assert api.get("/openapi.json").json()["servers"][0]["url"] == PREFIX
    script = api.get("/docs/docs.js").text
    assert 'fetch("openapi.json"' in script


def test_the_index_for_programs_is_under_the_path(api):
    index = api.get("/", headers={"Accept": "application/json"})
    links = index.json()

    assert links["documentation"] == f"{PREFIX}/docs"
    assert all(link.startswith(f"{PREFIX}/") for link in links.values()), links
    spared = api.get("/", headers={"Accept": "application/json",
                                   "If-None-Match": index.headers["etag"]})
    assert spared.status_code == 304


def test_a_document_under_another_path_has_another_tag(proxied):
    with Api(proxied) as api:
        tags = {api.get("/openapi.json", headers={"X-Forwarded-Prefix": path}).headers["etag"]
                for path in ("", "/chat", "/talk")}
    assert len(tags) == 3


def test_problems_in_the_report_of_an_import_are_under_the_path(api):
    report = api.post("/messages", content="{\n", headers=NDJSON).json()

    assert_under_the_path(report["problem"], "malformed-json", "/messages")


def test_problems_in_a_stream_of_events_are_under_the_path(api, based, proxied):
    with Api(proxied if api.server is based else based) as other:
        talk = Talk(other)
        talk.say()
        path = f"/messages?conversationId={talk.conversation}"
        cursor = other.get(path).headers["stream-cursor"]

    lost = api.get(f"{path}&after={cursor}", headers={"Accept": "text/event-stream"}).text

    data = re.search(r"^event: lost\ndata: (.*)$", lost, re.MULTILINE)[1]
    assert_under_the_path(json.loads(data), "place-lost", "/messages")


def test_problems_in_frames_are_under_the_path(api):
    class There:
        url = str(api.base_url).rstrip("/") + api.prefix

    async def work():
        forwarded = {} if api.prefix else {"X-Forwarded-Prefix": PREFIX}
        async with Socket(There, extra_headers=forwarded) as socket:
            return [await socket.ask("none"), await socket.ask("send", message={}),
                    await socket.ask("subscribe", conversationId="x")]

    for frame in run(work()):
        assert_under_the_path(frame["problem"], "invalid-field", "/stream")


def test_without_the_path_the_server_answers_too(based):
    """For checks of its health from beside it."""
    with Api(based) as api:
        assert api.get("/readyz").status_code == 200
        assert api.get("/chat/readyz").status_code == 200
        assert api.get("/chatreadyz").status_code == 404
        assert api.get("/chat/chat/readyz").status_code == 404


def test_a_web_socket_under_the_path(based):
    async def work():
        class There:
            url = based.url + PREFIX

        async with Socket(There) as socket:
            await socket.say("ping", id="p")
            assert (await socket.hear())["type"] == "pong"

    run(work())


@pytest.mark.parametrize("value", [
    "chat", "//evil.example", "/a b", "/a/../b", "/\"x", "https://evil.example", "/" + "x" * 300, "",
])
def test_a_prefix_of_another_shape_is_ignored(proxied, value):
    with Api(proxied) as api:
        made = api.post("/bots", json={"id": new_id(), "name": "x"},
                        headers={"X-Forwarded-Prefix": value})
        assert made.headers["location"].startswith("/bots/")


def test_only_a_trusted_proxy_may_say_a_prefix(start_server):
    with Api(start_server()) as api:
        made = api.post("/bots", json={"id": new_id(), "name": "x"},
                        headers={"X-Forwarded-Prefix": PREFIX})
        assert made.headers["location"].startswith("/bots/")
        assert api.get("/openapi.json").json()["servers"][0]["url"] == "/"
