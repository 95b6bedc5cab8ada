"""/asyncapi.json, compared with the frames that the server accepts and sends."""

import json

import pytest

from kit.api import new_id
from kit.sockets import Socket, run

CLIENT = {"subscribe", "unsubscribe", "send", "ping"}
SERVER = {"subscribed", "unsubscribed", "message", "sent", "pong", "error", "lost"}


@pytest.fixture(scope="module", name="document")
def _document(api):
    answer = api.get("/asyncapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def resolve(document, node):
    while "$ref" in node:
        found = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def faults(document, schema, value, at=""):
    """The members of `value` that the schema lacks, and those it requires in vain."""
    schema = resolve(document, schema)
    if "const" in schema and value != schema["const"]:
        yield f"{at} is {value!r}"
    kinds = {"object": dict, "string": str, "boolean": bool, "integer": int, "array": list}
    if not isinstance(value, kinds[schema["type"]]):
        yield f"{at} is no {schema['type']}"
    elif schema["type"] == "object" and "properties" in schema:
        known = schema["properties"]
        yield from (f"{at}/{name} is missing" for name in schema.get("required", [])
                    if name not in value)
        for name, member in value.items():
            if name in known:
                yield from faults(document, known[name], member, f"{at}/{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{at}/{name} is unknown"


def payload(document, kind):
    return document["components"]["messages"][kind]["payload"]


def test_the_document_is_asyncapi_3_and_has_every_message(document):
    assert document["asyncapi"] == "3.0.0"
    assert document["channels"]["stream"]["address"] == "/stream"
    assert set(document["components"]["messages"]) == CLIENT | SERVER
    for name, messages in (("ask", CLIENT), ("tell", SERVER)):
        operation = document["operations"][name]
        assert {one["$ref"].rsplit("/", 1)[1] for one in operation["messages"]} == messages
        for one in operation["messages"]:
            assert resolve(document, one)["payload"]["type"] == "object"


def test_every_reference_is_resolved(document):
    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                assert resolve(document, node)
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)
    walk(document)


def test_the_examples_match_the_schemas(document):
    for kind, message in document["components"]["messages"].items():
        for example in message["examples"]:
            assert not list(faults(document, message["payload"], example["payload"])), kind


def test_the_server_accepts_the_examples_of_clients(server, document):
    async def main():
        async with Socket(server) as socket:
            for kind in ("ping", "subscribe", "unsubscribe"):
                example = document["components"]["messages"][kind]["examples"][0]["payload"]
                await socket.over.send(json.dumps(example))
                message = await socket.hear()
                assert message["id"] == example["id"] and message["type"] != "error", message
            example = document["components"]["messages"]["send"]["examples"][0]["payload"]
            await socket.over.send(json.dumps(example))
            message = await socket.hear()
            assert message["type"] == "sent" or message["problem"]["type"].endswith("/unknown-bot")
    run(main())


def test_every_frame_of_the_server_is_described(server, document, talk):
    async def main():
        heard = []
        async with Socket(server) as socket:
            await socket.say("subscribe", id="s", conversationId=talk.conversation)
            heard.append(await socket.hear())
            await socket.say("send", id="m", message=talk.message(metadata={"a": 1}))
            heard += [await socket.hear(), await socket.hear()]
            await socket.say("unsubscribe", id="s")
            await socket.say("ping", id="p")
            await socket.say("send", id="e", message=talk.message(conversationId=1, x=1))
            await socket.say("subscribe", id="f", conversationId=new_id(), after="nowhere")
            heard += [await socket.hear() for _ in range(4)]
        assert {message["type"] for message in heard} == SERVER - {"lost"}
        for message in heard:
            assert not list(faults(document, payload(document, message["type"]), message)), message
    run(main())


def test_the_docs_page_links_to_the_document(api):
    assert 'href="asyncapi.json"' in api.get("/docs").text
    described = api.get("/openapi.json").json()
    assert "/asyncapi.json" in described["paths"]["/stream"]["get"]["description"]
