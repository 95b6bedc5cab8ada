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


def check(reply, talk):
    """Checks the transcript of a client, whatever its platform."""
    assert reply["protocol"] == "botapi.v1"
    assert reply["texts"] == ["before", "by socket", "by post", "z" * 20_000]
    assert [one["text"] for one in talk.listed()] == reply["texts"]
    assert reply["replayed"] == [False, True]
    assert reply["error"] == "/problems/unknown-bot"
    assert reply["pong"] == "p"


def test_a_node_client_can_use_the_socket(fresh):
    talk = Talk(fresh)
    talk.say("before")
    script = (f"const WebSocket = require('ws');\n{CLIENT}\n{visit(fresh, talk)}"
              ".then(told => console.log(JSON.stringify(told)));")

    reply = subprocess.run(["node", "-e", script], check=True, capture_output=True, timeout=60,
                          env=os.environ | {"NODE_PATH": "/usr/share/nodejs"})

    check(json.loads(reply.stdout), talk)


def test_a_browser_page_can_use_the_socket(start_server):
    with Api(start_server("--cors-origin", "*")) as api:
        talk = Talk(api)
        talk.say("before")
        call = f"{visit(api, talk)}.catch(failure => String(failure)).then(tell);"
        with Page(f"{CLIENT}\n{call}") as page:
            page.open()
            page.until(lambda reply: reply, "it tells what happened")

            check(page.reply[0], talk)
