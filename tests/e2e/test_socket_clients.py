"""`GET /stream` with clients of other languages: Node's `ws`, and a page in a browser."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from kit.api import Api, Talk
from kit.browser import Page

pytestmark = pytest.mark.only("sqlite")

CLIENT = (Path(__file__).parent / "kit/socket_client.js").read_text()


def visit(api, talk):
    """The call of what the client does."""
    about = {"conversation": talk.conversation, "bot": talk.bot, "client": talk.client}
    return f"visit(WebSocket, {json.dumps(api.server.url)}, {json.dumps(about)})"


def check(told, talk):
    """That it was as it has to be, wherever the client ran."""
    assert told["protocol"] == "botapi.v1"
    assert told["texts"] == ["before", "by socket", "by post", "z" * 20_000]
    assert [one["text"] for one in talk.listed()] == told["texts"]
    assert told["replayed"] == [False, True]
    assert told["error"] == "/problems/unknown-bot"
    assert told["pong"] == "p"


def test_node_speaks_to_it(fresh):
    talk = Talk(fresh)
    talk.say("before")
    script = (f"const WebSocket = require('ws');\n{CLIENT}\n{visit(fresh, talk)}"
              ".then(told => console.log(JSON.stringify(told)));")

    told = subprocess.run(["node", "-e", script], check=True, capture_output=True, timeout=60,
                          env=os.environ | {"NODE_PATH": "/usr/share/nodejs"})

    check(json.loads(told.stdout), talk)


def test_a_page_in_a_browser_speaks_to_it(start_server):
    with Api(start_server("--cors-origin", "*")) as api:
        talk = Talk(api)
        talk.say("before")
        call = f"{visit(api, talk)}.catch(failure => String(failure)).then(tell);"
        with Page(f"{CLIENT}\n{call}") as page:
            page.open()
            page.until(lambda told: told, "it tells what happened")

            check(page.told[0], talk)
