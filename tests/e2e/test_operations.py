"""Routes for operators and developers: health, metrics, documentation."""

import json
import re
from urllib.parse import urljoin

import pytest

from kit.api import Api, Talk, links, new_id

PATHS = {  # The paths that the document must describe, with their methods.
    "/bots": {"get", "post"},
    "/bots/{}": {"get", "put", "patch", "delete"},
    "/messages": {"get", "post"},
    "/messages/{}": {"get"},
    "/stream": {"get"},
    "/conversations": {"get"},
    "/conversations/{}": {"get"},
    "/healthz": {"get"},
    "/readyz": {"get"},
    "/metrics": {"get"},
}
LOADS_FROM_ELSEWHERE = re.compile(
    r"""(@import|\burl\(|\bfrom|\bimport|\bfetch\()\s*["'`]?(https?:)?//[\w.]""")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_working_server_reports_ready(api, path):
    assert api.get(path).status_code == 200


def counted(api):
    """The number of requests by (route, method, status), as /metrics tells them."""
    answer = api.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    found = {}
    for labels, value in re.findall(r"^\w*http_requests_total\{(.*)\} (\S+)$", answer.text, re.M):
        named = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        found[named["route"], named["method"], named["status"]] = float(value)
    return found


def test_requests_are_counted_by_route_method_and_status(fresh):
    talk = Talk(fresh)
    before = counted(fresh)
    for _ in range(5):
        talk.say()
        fresh.get(f"/bots/{new_id()}")
        fresh.get(f"/nothing/{new_id()}")
    talk.listed()

    after = counted(fresh)

    grown = {key: value - before.get(key, 0) for key, value in after.items()}
    reply = {}
    for (_, method, status), value in grown.items():
        reply[method, status] = reply.get((method, status), 0) + value
    assert reply["POST", "201"] == 5
    assert reply["GET", "404"] == 10
    assert reply["GET", "200"] in (1, 2)  # The list, and perhaps one look at the metrics.
    assert not [key for key in after if re.search("[0-9a-f]{8}-", key[0])], "labels are bounded"
    assert len({key[0] for key in after}) < 12


def test_metrics_are_in_the_format_of_prometheus(api):
    text = api.get("/metrics").text

    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
    assert "counter" in types.values() and "histogram" in types.values()
    for line in text.splitlines():
        if line and not line.startswith("#"):
            matched = re.fullmatch(
                r"([a-zA-Z_:][\w:]*)(\{.*\})? (NaN|[+-]?Inf|[-+0-9.eE]+)( \d+)?", line)
            assert matched, line
            family = re.sub(r"_(bucket|sum|count)$", "", matched[1])
            assert matched[1] in types or family in types, line


def every_reference(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from every_reference(child)
    elif isinstance(node, list):
        for child in node:
            yield from every_reference(child)


@pytest.fixture
def description(api):
    answer = api.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] in (
        "application/json", "application/vnd.oai.openapi+json")
    return answer.json()


def test_the_description_is_openapi_3_1_and_complete(description):
    assert re.fullmatch(r"3\.1\.\d+", description["openapi"])
    assert description["info"]["title"] and description["info"]["version"]
    described = {re.sub(r"\{\w+\}", "{}", path): item
                 for path, item in description["paths"].items()}
    for path, methods in PATHS.items():
        assert methods <= set(described[path]), path
    for path in ("/messages/{}", "/conversations", "/messages"):
        assert not {"put", "patch", "delete"} & set(described[path])


def test_the_description_holds_together(description):
    for reference in every_reference(description):
        node = description
        assert reference.startswith("#/"), reference
        for part in reference[2:].split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
    operations = [operation for item in description["paths"].values()
                  for method, operation in item.items()
                  if method in ("get", "post", "put", "patch", "delete", "head", "options")]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    assert all(operation["responses"] for operation in operations)
    for path, item in description["paths"].items():
        named = {name for operation in [item, *item.values()] if isinstance(operation, (dict, list))
                 for name in re.findall(r'"name": "(\w+)"', json.dumps(operation))}
        components = json.dumps(description.get("components", {}).get("parameters", {}))
        for name in re.findall(r"\{(\w+)\}", path):
            assert name in named or f'"{name}"' in components, path


def test_the_description_knows_every_parameter(description):
    text = json.dumps(description)

    for word in ("conversationId", "botId", "clientId", "since", "until", "direction", "order",
                 "limit", "Idempotency-Key", "If-Match", "If-None-Match",
                 "application/problem+json",
                 "application/x-ndjson", "application/merge-patch+json", "metadata"):
        assert f'"{word}"' in text, word


def targets(html):
    return re.findall(r"""\b(?:src|href|action)\s*=\s*["']?([^"'\s>]+)""", html)


def test_the_docs_need_no_other_host(api):
    page = api.get("/docs", headers={"Accept": "text/html"}, follow_redirects=True)

    assert page.status_code == 200
    assert page.headers["content-type"].split(";")[0] == "text/html"
    seen = 0
    for target in targets(page.text):
        if target.startswith(("#", "data:")):
            continue
        assert not re.match(r"([a-z]+:)?//", target), f"{target} is on another host"
        asset = api.get(urljoin(str(page.url), target.split("#")[0]), headers={"Accept": "*/*"})
        assert asset.status_code == 200, target
        if target.endswith((".css", ".js")):
            seen += 1
            assert not LOADS_FROM_ELSEWHERE.search(asset.text), target
    assert seen or re.search(r"<(style|script)[^>]*>[^<]", page.text)
    assert not LOADS_FROM_ELSEWHERE.search(page.text)


def test_links_of_lists_stay_on_this_server(start_server):
    with Api(start_server("--allowed-host", "evil.example")) as api:
        talk = Talk(api)
        for _ in range(3):
            talk.say()
        answer = api.get("/messages", params={"conversationId": talk.conversation, "limit": 1},
                         headers={"Host": "evil.example"})

        assert answer.status_code == 200
        assert links(answer)["next"].startswith((api.server.url, "http://evil.example"))
        assert "evil.example" not in answer.headers["link"], "links are relative"


def test_two_servers_have_counters_of_their_own(start_server):
    with Api(start_server()) as left, Api(start_server()) as right:
        left.new_bot()
        assert sum(value for key, value in counted(right).items() if key[1] == "POST") == 0
