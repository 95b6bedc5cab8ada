"""Tells Schemathesis what the OpenAPI document has no words for."""

from urllib.parse import urlsplit

import schemathesis
from schemathesis import GenerationMode


@schemathesis.hook
def before_process_path(_, path, methods):
    """A faulty line of NDJSON is refused on its own, under a status of 200."""
    if path == "/messages":
        methods["post"]["requestBody"]["content"].pop("application/x-ndjson", None)


def needs_more_than_its_form(case):
    """Whether it is refused for what nobody can know beforehand, or for two things together."""
    path, method = case.operation.path, case.method.upper()
    query = case.query or {}
    if "cursor" in query:
        return True
    tokens = [value for name, value in (case.headers or {}).items()
              if name.lower() == "consistency-token"]
    if any(token != "latest" for token in tokens):
        return True  # Only a server can make one: it has a checksum.
    if path == "/messages" and {"after", "wait"} & set(query):  # A stream, and then no list.
        return True
    if method in ("GET", "HEAD") and path in ("/messages", "/conversations"):
        return not {"conversationId", "botId", "clientId"} & set(query)
    body = case.body if isinstance(case.body, dict) else {}
    if path.endswith("/webhooks/{name}") and len(urlsplit(str(body.get("url"))).netloc) > 253:
        return True  # The host has too long a name.
    names = [name.lower() for name in body.get("headers") or {}]
    if len(set(names)) < len(names) or {"te", "host"} & set(names):
        return True  # Two headers of one name, or one that the server sets.
    is_key_order = path == "/keys" and method == "POST"
    return is_key_order and ("expiresAt" in body or "admin" in body.get("scopes", []))


@schemathesis.hook
def filter_case(_, case):
    mode = case.meta.generation.mode if case.meta else None
    return mode != GenerationMode.POSITIVE or not needs_more_than_its_form(case)


@schemathesis.hook
def before_add_examples(_, examples):
    """One of them has the examples of all parameters, whether or not they go together."""
    examples[:] = [one for one in examples if not needs_more_than_its_form(one)]
