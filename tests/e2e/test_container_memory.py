"""A server in a container of little memory."""

import json
import os
import uuid
from pathlib import Path

import pytest

from kit.api import Api, new_id

CONVERSATIONS, MESSAGES, TEXT = 120, 300, "x" * 3_000  # 108 MB of texts.
MIB = 2**20


class Container:
    """A control group with a limit, of version 2 or 1."""

    def __init__(self, limit):
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


@pytest.fixture(name="container")
def _container():
    made = Container(128 * MIB)
    yield made
    made.remove()


@pytest.mark.only("sqlite")
def test_lists_of_more_than_the_memory_are_served(container, start_server):
    server = start_server(launcher=container.launcher)
    with Api(server) as api:
        bot, talks = api.new_bot(), [new_id() for _ in range(CONVERSATIONS)]
        for talk in talks:
            lines = (json.dumps({"conversationId": talk, "from": bot, "to": new_id(),
                                 "text": TEXT}) for _ in range(MESSAGES))
            stored = api.post("/messages", content="\n".join(lines),
                              headers={"Content-Type": "application/x-ndjson"})
            assert stored.status_code == 200
        for _ in range(2):
            for talk in talks:
                listed = api.get("/messages", params={"conversationId": talk, "limit": MESSAGES})
                assert len(listed.json()) == MESSAGES
    assert container.kills() == 0
    assert server.memory() < 128 * MIB
