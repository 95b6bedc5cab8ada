"""A stock HTTP client, and the words that the tests speak in."""

import base64
import re
import uuid
from urllib.parse import urljoin

import httpx

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
STRONG_TAG = re.compile(r'"[\x21\x23-\x7e]*"')
REFERENCE = re.compile(  # A relative reference of RFC 3986, as far as the server uses it.
    r"/([\w.~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*|([\w.~!$&'()*+,;=@/-]|%[0-9A-F]{2})+",
    re.ASCII | re.IGNORECASE)
LEAKS = re.compile(
    r"SQLSTATE|SELECT |INSERT INTO|soci|sqlite|libpq|std::|\.cpp|\.hpp|/usr/|/tmp/|/var/|/home/"
    r"|<html|<!doctype", re.IGNORECASE)
JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}


def new_id():
    return str(uuid.uuid4())


def place_in(cursor):
    """The number in the cursor of a stream (ADR 20)."""
    content = base64.urlsafe_b64decode(cursor)
    version, sources = content[0], content[5]
    assert version == 2
    assert len(content) == 6 + 18 * sources
    return int.from_bytes(content[8:16], "little")


def old_cursor(cursor):
    """The same as versions before 2 wrote it, without a fingerprint."""
    scope = base64.urlsafe_b64decode(cursor)[1:5]
    number = place_in(cursor).to_bytes(8, "little")
    return base64.urlsafe_b64encode(bytes(9) + number + scope).decode()


def message(conversation, sender, recipient, text="Oi! Como posso te ajudar?", **more):
    return {"conversationId": conversation, "from": sender, "to": recipient, "text": text, **more}


class Api(httpx.Client):
    """A client of one server."""

    def __init__(self, server):
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
        super().__init__(base_url=server.url, timeout=60, trust_env=False, limits=limits,
                         verify=server.trust)
        self.server = server

    def send_json(self, method, path, text, **headers):
        """Sends a body as it stands, which need not be JSON."""
        content = text.encode() if isinstance(text, str) else text
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request(method, path, content=content, headers=JSON | named)

    def new_bot(self, name="Aureo", **more):
        answer = self.post("/bots", json={"id": new_id(), "name": name, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def say(self, *ends, **more):
        """Stores a message, and returns it."""
        answer = self.post("/messages", json=message(*ends, **more))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def listed(self, path="/messages", **parameters):
        answer = self.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def walk(self, answer, rel="next"):
        """The items of `answer` and of all pages that follow it by `rel`, page by page."""
        pages = [answer.json()]
        while rel in links(answer):
            answer = self.get(links(answer)[rel])
            assert answer.status_code == 200, answer.text
            pages.append(answer.json())
            assert len(pages) < 2000, "the pages never end"
        return pages, answer


class Talk:
    """A bot, a client and a conversation of theirs that no other test knows."""

    def __init__(self, api):
        self.api = api
        self.bot = api.new_bot()
        self.client = new_id()
        self.conversation = new_id()

    def message(self, text="Oi!", inbound=False, **more):
        ends = (self.client, self.bot) if inbound else (self.bot, self.client)
        return message(self.conversation, *ends, text, **more)

    def say(self, text="Oi!", inbound=False, **more):
        answer = self.api.post("/messages", json=self.message(text, inbound, **more))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def listed(self, **parameters):
        return self.api.listed(conversationId=self.conversation, **parameters)


def links(answer):
    """The targets of the `Link` header by relation, as URLs."""
    found = {}
    for target, parameters in re.findall(r"<([^>]*)>([^,<]*)", answer.headers.get("link", "")):
        rel = re.search(r'rel="?([^";]+)"?', parameters)
        assert rel, f"a link without rel: {parameters}"
        for name in rel[1].split():
            assert name not in found, f"two links are {name}"
            found[name] = urljoin(str(answer.request.url), target)
    return found


def pointers(problem):
    return sorted(part["pointer"] for part in problem.get("errors", []) if "pointer" in part)


def assert_problem(answer, status, kind=None, at=None, naming=()):
    """Checks that `answer` is a problem (RFC 9457) with this status, and returns it.

    `kind` is the last part of its type; `at` are the pointers of all its errors; each of `naming`
    has to be mentioned.
    """
    assert answer.status_code == status, f"{answer.status_code}: {answer.text[:2000]}"
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json"
    problem = answer.json()
    assert re.fullmatch(r"/problems/[a-z0-9-]+", problem["type"]), problem
    assert problem["status"] == status
    for member in ("title", "detail", "instance"):
        assert isinstance(problem[member], str) and problem[member], problem
    assert REFERENCE.fullmatch(problem["instance"]), problem
    assert set(problem) <= {"type", "title", "status", "detail", "instance", "errors"}
    for part in problem.get("errors", []):
        assert isinstance(part["detail"], str) and part["detail"], problem
    assert not LEAKS.search(answer.text), answer.text
    if kind:
        assert problem["type"] == f"/problems/{kind}", problem
    if at is not None:
        assert pointers(problem) == sorted([at] if isinstance(at, str) else at), problem
    for name in [naming] if isinstance(naming, str) else naming:
        assert name in answer.text, problem
    return problem
