"""Readers of a store that was restored from a backup, and has grown since."""

import shutil
from pathlib import Path

import pytest

from kit.api import Api, Talk, assert_problem, old_cursor
from kit.events import following
from kit.sockets import Socket, assert_error, run
from kit.wait import eventually

KEPT, LOST, NEW = 3, 2, 4  # Messages in the backup, after it, and after it was restored.


class Backups:
    """A database that can be backed up and restored while no server runs."""

    def __init__(self, url, postgres=None, copy=None):
        self.url = url
        self.postgres = postgres
        self.copy = copy

    @property
    def name(self):
        return self.url.rsplit("/", 1)[1]

    def back_up(self):
        if self.postgres:
            self.postgres.sql(f"CREATE DATABASE {self.name}_copy TEMPLATE {self.name}")
        else:
            shutil.copytree(self.folder(), self.copy)

    def restore(self):
        if self.postgres:
            self.postgres.sql(f"DROP DATABASE {self.name} WITH (FORCE)")
            self.postgres.sql(f"CREATE DATABASE {self.name} TEMPLATE {self.name}_copy")
        else:
            shutil.rmtree(self.folder())
            shutil.copytree(self.copy, self.folder())

    def folder(self):
        return Path(self.url.removeprefix("sqlite:")).parent


@pytest.fixture(name="backups")
def _backups(request, backend, new_database, tmp_path):
    postgres = request.getfixturevalue("postgres") if backend == "postgresql" else None
    return Backups(new_database(), postgres, tmp_path / "copy")


class Restored:
    """A server on a restored database, and the cursors that readers had got before."""

    def __init__(self, start_server, backups):
        server = start_server(database=backups.url)
        with Api(server) as api:
            talk = Talk(api)
            hook = {"url": "https://hooks.example/", "events": ["message.outbound"],
                    "enabled": False}
            self.replay = f"/bots/{talk.bot}/webhooks/crm/replay"
            assert api.put(f"/bots/{talk.bot}/webhooks/crm", json=hook).status_code == 201
            for number in range(KEPT):
                talk.say(f"kept {number}")
        assert server.stop() == 0
        backups.back_up()

        self.streams = [{"conversationId": talk.conversation}, {"botId": talk.bot}]
        server = start_server(database=backups.url)
        with Api(server) as api:
            talk.api = api
            self.kept = [self.cursor(api, stream) for stream in self.streams]
            for number in range(LOST):
                talk.say(f"lost {number}")
            self.lost = [self.cursor(api, stream) for stream in self.streams]
        assert server.stop() == 0
        backups.restore()

        self.server = start_server(database=backups.url)
        self.api = talk.api = Api(self.server)
        self.talk = talk

    @staticmethod
    def cursor(api, stream):
        return api.get("/messages", params=stream).headers["stream-cursor"]

    def grow(self):
        for number in range(NEW):
            self.talk.say(f"new {number}")

    def read(self, stream, **parameters):
        return self.api.get("/messages", params={**stream, **parameters})

    def subscribe(self, stream, cursor):
        async def ask():
            async with Socket(self.server) as socket:
                return await socket.ask("subscribe", id="s", after=cursor, **stream)
        return run(ask())


@pytest.fixture(name="restored")
def _restored(start_server, backups):
    made = Restored(start_server, backups)
    yield made
    made.api.close()


def assert_lost_everywhere(restored):
    for stream, cursor in zip(restored.streams, restored.lost):
        assert_problem(restored.read(stream, after=cursor), 410, "place-lost")
        assert_problem(restored.read(stream, after=cursor, limit=1), 410, "place-lost")
        assert_problem(restored.read(stream, after=cursor, wait=5), 410, "place-lost")
        for begin in ({"after": cursor}, {"last_event_id": cursor}):
            with following(restored.api, **stream, **begin) as events:
                (lost,) = events.rest()
            assert (lost.kind, lost.id) == ("lost", None)
            assert (lost.data["type"], lost.data["status"]) == ("/problems/place-lost", 410)
        assert_error(restored.subscribe(stream, cursor), "place-lost")
    of_bot = restored.lost[1]
    assert_problem(restored.api.post(restored.replay, json={"after": of_bot}), 410, "place-lost")


def test_a_cursor_behind_a_lost_message_is_lost_in_every_transport(restored):
    assert_lost_everywhere(restored)
    restored.grow()
    assert_lost_everywhere(restored)


def test_while_others_follow_the_restored_stream_a_lost_cursor_is_lost(restored):
    conversation, bot = restored.streams
    with following(restored.api, **conversation) as one, following(restored.api, **bot) as other:
        restored.grow()
        texts = [f"kept {number}" for number in range(KEPT)]
        texts += [f"new {number}" for number in range(NEW)]
        assert one.texts(KEPT + NEW) == texts
        assert other.texts(KEPT + NEW) == texts

        assert_lost_everywhere(restored)


def test_a_cursor_behind_a_kept_message_misses_nothing(restored):
    restored.grow()
    new = [f"new {number}" for number in range(NEW)]

    for stream, cursor in zip(restored.streams, restored.kept):
        assert [one["text"] for one in restored.read(stream, after=cursor).json()] == new
        with following(restored.api, last_event_id=cursor, **stream) as events:
            assert events.texts(NEW) == new
        assert restored.subscribe(stream, cursor)["cursor"] == cursor
    done = restored.api.post(restored.replay, json={"after": restored.kept[1]}).json()
    assert (done["queued"], done["complete"]) == (NEW, True)
    assert done["cursor"] == restored.cursor(restored.api, restored.streams[1])


def test_a_cursor_of_an_older_version_is_checked_against_the_end(restored):
    for stream, lost, kept in zip(restored.streams, restored.lost, restored.kept):
        assert_problem(restored.read(stream, after=old_cursor(lost)), 410, "place-lost")
        idle = restored.read(stream, after=old_cursor(kept))
        assert (idle.json(), idle.headers["stream-cursor"]) == ([], kept)
    restored.grow()

    for stream, lost, kept in zip(restored.streams, restored.lost, restored.kept):
        assert len(restored.read(stream, after=old_cursor(lost)).json()) == NEW - LOST
        assert len(restored.read(stream, after=old_cursor(kept)).json()) == NEW


def tags_of(api, talk):
    """The tags of all that depends on the messages of a conversation."""
    paths = [f"/messages?conversationId={talk.conversation}", f"/messages?botId={talk.bot}",
             f"/messages?clientId={talk.client}", f"/conversations/{talk.conversation}"]
    return {path: api.get(path).headers["etag"] for path in paths}


def test_a_tag_from_before_a_restore_is_known_no_more(start_server, backups):
    """The number of messages comes up again, with other messages."""
    server = start_server(database=backups.url)
    with Api(server) as api:
        talk = Talk(api)
        talk.say("kept")
    assert server.stop() == 0
    backups.back_up()
    server = start_server(database=backups.url)
    with Api(server) as api:
        talk.api = api
        talk.say("lost")
        before = tags_of(api, talk)
        assert before == tags_of(api, talk)
    assert server.stop() == 0
    server = start_server(database=backups.url)
    with Api(server) as api:
        assert tags_of(api, talk) == before, "a restart is no restore"
    assert server.stop() == 0
    backups.restore()

    with Api(start_server(database=backups.url)) as api:
        talk.api = api
        talk.say("new")

        for path, tag in before.items():
            answer = api.get(path, headers={"If-None-Match": tag})
            assert answer.status_code == 200, path
            assert "new" in answer.text


@pytest.mark.only("postgresql")
@pytest.mark.expects_5xx
def test_a_restore_behind_a_running_server_empties_what_it_keeps(start_server, backups):
    """The revision of a list comes up again. What the server kept of the first one is of no use."""
    with Api(start_server(database=backups.url)) as api:
        talk = Talk(api)
        talk.say("kept")
        back_up_behind_a_server(backups)
        eventually(lambda: api.get("/readyz").status_code == 200, "the server is back")
        talk.say("lost")
        texts = [one["text"] for one in talk.listed()]
        assert texts == ["kept", "lost"] == [one["text"] for one in talk.listed()]
        tags = tags_of(api, talk)

        backups.restore()
        eventually(lambda: api.get("/readyz").status_code == 200, "the server has noticed")
        talk.say("new")

        assert [one["text"] for one in talk.listed()] == ["kept", "new"]
        assert not set(tags_of(api, talk).values()) & set(tags.values())


def back_up_behind_a_server(backups):
    """PostgreSQL copies a database that nobody uses, so it has to keep the server out meanwhile."""
    sql, name = backups.postgres.sql, backups.name
    sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    count = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
    end_all = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    eventually(lambda: sql(end_all) is not None and sql(count).strip() == "0", "nobody uses it")
    backups.back_up()
    sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@pytest.mark.only("postgresql")
def test_a_reader_that_follows_during_a_restore_gets_an_error(start_server, backups):
    """Messages go while the server runs, as when it fails over to a standby that lacks them."""
    with Api(start_server(database=backups.url)) as api:
        talk = Talk(api)
        streams = [{"conversationId": talk.conversation}, {"botId": talk.bot}]
        with following(api, **streams[0]) as one, following(api, **streams[1]) as other:
            for number in range(KEPT + LOST):
                talk.say(f"{number}")
            assert len(one.take(KEPT + LOST)) == len(other.take(KEPT + LOST))
            backups.postgres.sql(
                f"BEGIN; DELETE FROM messages WHERE conversation = '{talk.conversation}'"
                f" AND seq > {KEPT}; UPDATE conversations SET last_seq = {KEPT}"
                f" WHERE id = '{talk.conversation}'; COMMIT", backups.name)

            for number in range(NEW):
                talk.say(f"new {number}")

            for events in (one, other):
                assert [event.kind for event in events.take(1)] == ["lost"]
                assert events.rest() == []
