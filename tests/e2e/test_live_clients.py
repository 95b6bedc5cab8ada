"""Streams with clients of others, over a crash of the server."""

import json
import os
import queue
import subprocess
import threading

import pytest

from kit.api import Api, Talk
from kit.browser import Page
from kit.events import live_metric
from kit.postgres import free_port
from kit.wait import eventually

NODE = """
const EventSource = require('eventsource')
const source = new EventSource(process.argv[1])
source.onopen = () => console.log(JSON.stringify({open: true}))
source.onerror = () => console.log(JSON.stringify({error: true}))
source.onmessage = event =>
    console.log(JSON.stringify({id: event.lastEventId, text: JSON.parse(event.data).text}))
"""

PAGE = """
const source = new EventSource(URL_OF_STREAM);
source.onmessage = event =>
    tell({id: event.lastEventId, text: JSON.parse(event.data).text});
source.addEventListener('lost', event => { source.close(); tell({lost: JSON.parse(event.data)}); });
"""


class Program:
    """A client whose output is lines of JSON, or of something else."""

    def __init__(self, *command):
        environment = os.environ | {"NODE_PATH": "/usr/share/nodejs"}
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True,
                                        stdout=subprocess.PIPE, env=environment)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def next(self):
        return self.lines.get(timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Place:
    """A server at an address that stays the same while servers come and go."""

    def __init__(self, start_server, new_database, *flags):
        self.start_server, self.database = start_server, new_database()
        self.address = f"127.0.0.1:{free_port()}"
        self.flags = ["--listen", self.address, *flags]
        self.server = self.api = None
        self.start()
        self.talk = Talk(self.api)
        self.url = f"http://{self.address}/messages?conversationId={self.talk.conversation}"

    def start(self):
        self.server = self.start_server(*self.flags, database=self.database)
        self.api = Api(self.server)

    def crash(self):
        """Ends the server, lets somebody speak while nobody listens, and starts it again."""
        self.api.close()
        self.server.kill()
        with Api(self.start_server(database=self.database)) as other:
            self.talk.api = other
            self.talk.say("meanwhile")
        self.start()
        self.talk.api = self.api


@pytest.fixture
def place(start_server, new_database):
    made = Place(start_server, new_database, "--cors-origin", "*")
    yield made
    made.api.close()


def test_curl_shows_events_as_they_arrive(place):
    with Program("curl", "-sN", "-H", "Accept: text/event-stream", place.url) as curl:
        assert curl.next().startswith("retry: ")
        assert curl.next() == ""
        for text in ("one", "two"):
            message = place.talk.say(text)
            assert curl.next().startswith("id: ")
            assert curl.next() == "event: message"
            assert json.loads(curl.next().removeprefix("data: ")) == message
            assert curl.next() == ""


def test_a_reconnecting_node_client_misses_nothing(place):
    with Program("node", "-e", NODE, place.url) as node:
        assert json.loads(node.next()) == {"open": True}
        place.talk.say("one")
        assert json.loads(node.next())["text"] == "one"

        place.crash()
        place.talk.say("two")

        reply = []
        while [one["text"] for one in reply if "text" in one] != ["meanwhile", "two"]:
            reply.append(json.loads(node.next()))
            assert len(reply) < 100, reply


def test_a_reconnecting_browser_misses_nothing(place):
    script = PAGE.replace("URL_OF_STREAM", json.dumps(place.url))
    with Page(script) as page:
        place.talk.say("one")
        page.open()
        page.until(lambda reply: len(reply) == 1, "it hears what was said before")
        place.talk.say("two")
        page.until(lambda reply: len(reply) == 2, "it hears what is said")

        place.crash()
        place.talk.say("three")
        page.until(lambda reply: len(reply) >= 4, "it comes back")

        assert [one["text"] for one in page.reply] == ["one", "two", "meanwhile", "three"]
        assert len({one["id"] for one in page.reply}) == 4


def test_a_browser_gets_an_event_if_its_cursor_is_lost(place, new_database):
    for _ in range(3):
        place.talk.say()
    cursor = place.api.get(place.url).headers["stream-cursor"]
    place.api.close()
    place.server.kill()
    place.database = new_database()
    place.start()

    script = PAGE.replace("URL_OF_STREAM", json.dumps(f"{place.url}&after={cursor}"))
    with Page(script) as page:
        page.open()
        page.until(lambda reply: reply, "it is told")

        assert page.reply[0]["lost"]["type"] == "/problems/place-lost"
        eventually(lambda: live_metric(place.api, "followers") == 0, "it has gone")
