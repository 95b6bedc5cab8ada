"""A server in a container of little memory, under the kinds of load that `./dev bench` makes."""

import json
import os
import uuid
from contextlib import ExitStack
from pathlib import Path

import pytest

from kit.api import Api, Talk, new_id
from kit.crowd import allow_files, follow_by_events, follow_by_socket
from kit.raw import Raw
from kit.wait import crowd

MESSAGES, TEXT = 300, "x" * 3_000  # Of a conversation: 0.9 MB.
MIB = 2**20
READERS, WRITERS, IMPORTERS = 16, 8, 2
TEXTS = 160 * MIB
WATCHERS, IDLE = 400, 600


class Container:
    """A control group with a limit, of version 2 or 1."""

    def __init__(self, limit):
        self.limit = limit
        name = f"botapi-{uuid.uuid4().hex}"
        v1 = Path("/sys/fs/cgroup/memory")
        if v1.is_dir():
            self.folder, setting = v1 / name, "memory.limit_in_bytes"
        else:
            self.folder, setting = Path("/sys/fs/cgroup") / name, "memory.max"
        try:
            self.folder.mkdir()
            (self.folder / setting).write_text(str(limit))
        except OSError as why:
            if self.folder.is_dir():
                self.remove()
            pytest.skip(f"no control group can be made here: {why}")
        self.launcher = ("sh", "-c", f'echo $$ > {self.folder}/cgroup.procs; exec "$@"', "sh")

    def is_v1(self):
        return (self.folder / "memory.limit_in_bytes").exists()

    def kills(self):
        events = "memory.oom_control" if self.is_v1() else "memory.events"
        counts = dict(line.split() for line in (self.folder / events).read_text().splitlines())
        return int(counts["oom_kill"])

    def remove(self):
        os.rmdir(self.folder)


@pytest.fixture(name="container", params=[128, 256, 512], ids="{}MiB".format)
def _container(request):
    made = Container(request.param * MIB)
    yield made
    made.remove()


def import_talk(api, bot, conversation):
    lines = (json.dumps({"conversationId": conversation, "from": bot, "to": new_id(),
                         "text": TEXT}) for _ in range(MESSAGES))
    stored = api.post("/messages", content="\n".join(lines),
                      headers={"Content-Type": "application/x-ndjson"})
    assert stored.status_code == 200


@pytest.mark.only("sqlite")
def test_every_load_at_once_fits(container, start_server):
    server = start_server(launcher=container.launcher)
    with Api(server) as api, ExitStack() as open_ones:
        talk = Talk(api)
        # More than the smallest container has memory.
        talks = [new_id() for _ in range(TEXTS // (MESSAGES * len(TEXT)))]
        for one in talks:
            import_talk(api, talk.bot, one)
        allow_files(WATCHERS + IDLE)
        for number in range(WATCHERS):
            follow = (follow_by_events, follow_by_socket)[number % 2]
            open_ones.enter_context(follow(server.port, talk.conversation))
        for _ in range(IDLE):
            open_ones.enter_context(Raw(server))

        def load(number):
            with Api(server) as client:
                if number < READERS:
                    for one in talks[number::READERS] * 2:
                        listed = client.get("/messages", params={"conversationId": one})
                        assert len(listed.json()) == MESSAGES
                elif number < READERS + WRITERS:
                    for _ in range(100):
                        said = client.post("/messages", json=talk.message(TEXT))
                        assert said.status_code == 201
                else:
                    for _ in range(10):
                        import_talk(client, talk.bot, new_id())

        crowd(READERS + WRITERS + IMPORTERS, load)
        assert len(talk.listed()) == WRITERS * 100
    assert container.kills() == 0
    assert server.memory() < container.limit
