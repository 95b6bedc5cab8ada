"""The process: starting, migrating, ending."""

import json
import signal
import sqlite3
import threading
from contextlib import closing

import pytest

from kit import server as program
from kit.api import Api, Talk, new_id
from kit.raw import Raw
from kit.tls import Identity
from kit.wait import crowd, eventually


def test_help_and_version_are_printed():
    for arguments in (["--help"], ["serve", "--help"], ["migrate", "--help"], ["--version"]):
        done = program.run(*arguments)
        assert done.returncode == 0
        assert done.stdout.strip()


@pytest.mark.parametrize("arguments", [
    [], ["dance"], ["serve", "--listen", "nonsense", "--database", "sqlite:/tmp/never-made.db"],
    ["serve", "--database", "oracle:x"], ["serve", "--no-such-flag"],
    ["serve", "--database", "sqlite:/no/such/folder/x.db", "--listen", "127.0.0.1:0"],
    ["serve", "--max-body-size", "many"],
])
def test_a_wrong_command_ends_with_one_clear_line(arguments):
    done = program.run(*arguments)

    assert done.returncode not in (0, -signal.SIGSEGV, -signal.SIGABRT)
    assert done.stderr.strip() or done.stdout.strip()
    assert "terminate called" not in done.stderr


def test_an_address_that_is_taken_is_an_error(server, new_database):
    done = program.run("serve", "--listen", server.address, "--database", new_database())

    assert done.returncode > 0
    assert str(server.port) in done.stderr + done.stdout


def test_migrating_twice_changes_nothing(start_server, new_database):
    database = new_database()
    assert program.run("migrate", "--database", database).returncode == 0
    with Api(start_server(database=database)) as api:
        bot = api.new_bot()
        assert program.run("migrate", "--database", database).returncode == 0
        assert api.get(f"/bots/{bot}").status_code == 200


@pytest.mark.only("postgresql")
def test_many_may_migrate_at_once(backend, postgres):
    url = postgres.new_database()

    done = crowd(4, lambda _: program.run("migrate", "--database", url))

    assert [one.returncode for one in done] == [0] * 4, [one.stderr for one in done]


def test_everything_is_there_after_a_restart(start_server, new_database):
    database = new_database()
    first = start_server(database=database)
    with Api(first) as api:
        talk = Talk(api)
        gone = api.new_bot()
        api.delete(f"/bots/{gone}")
        for number in range(5):
            talk.say(f"{number}", timestamp=f"2020-01-01T00:00:0{number % 3}.50+01:00",
                     metadata={"n": number})
        paths = [f"/bots/{talk.bot}", "/bots", f"/bots/{gone}",
                 f"/messages?conversationId={talk.conversation}", f"/messages?botId={talk.bot}",
                 f"/conversations/{talk.conversation}", f"/conversations?clientId={talk.client}"]
        before = {path: api.get(path) for path in paths}
    assert first.stop() == 0

    with Api(start_server(database=database)) as api:
        for path, answer in before.items():
            after = api.get(path)
            assert (after.status_code, after.content) == (answer.status_code, answer.content)
            assert after.headers.get("etag") == answer.headers.get("etag")


@pytest.mark.only("sqlite")
def test_damage_is_reported_then_repaired_and_then_gone(backend, start_server, new_database):
    database = new_database()
    server = start_server(database=database)
    with Api(server) as api:
        talk = Talk(api)
        messages = [talk.say("one"), talk.say("two")]
    assert server.stop() == 0
    with closing(sqlite3.connect(database.removeprefix("sqlite:"))) as connection:
        connection.execute("UPDATE conversations SET last_seq = 1")
        connection.commit()
    check = ["check", "--database", database]

    checked, planned, repaired, checked_again = (
        program.run(*check, *flags)
        for flags in ([], ["--repair"], ["--repair", "--apply"], []))

    assert [one.returncode for one in (checked, planned, repaired, checked_again)] == [1, 1, 0, 0]
    assert "findings: 1" in checked.stdout
    assert "would repair: The last number of a conversation was raised" in planned.stdout
    assert "repaired: The last number of a conversation was raised" in repaired.stdout
    assert talk.conversation in repaired.stdout
    assert program.run(*check, "--apply").returncode == 2, "only together with --repair"
    with Api(start_server(database=database)) as api:
        assert api.listed(conversationId=talk.conversation) == messages
        talk.api = api
        talk.say("three")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_server_stops_cleanly(start_server, ending):
    server = start_server()
    with Api(server) as api, Raw(server):
        api.new_bot()
        server.expected_to_live = False
        server.process.send_signal(ending)
        assert server.process.wait(15) == 0, "idle connections don't delay the end"


def test_without_tls_sighup_does_not_end_the_server(start_server, request):
    if request.config.getoption("tls"):
        pytest.skip("here everything goes over TLS")
    server = start_server()
    with Api(server) as api:
        for number in range(1, 4):
            server.process.send_signal(signal.SIGHUP)
            eventually(lambda: server.count_events("nothing to reload") == number,  # pylint: disable=cell-var-from-loop
                       "it is logged")
        for _ in range(100):
            server.process.send_signal(signal.SIGHUP)
        api.new_bot()
    assert server.stop() == 0


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("event", ["nothing to reload", "certificate reloaded"])
def test_sighup_to_a_server_that_starts_is_answered_once_it_is_up(
        backend, start_server, new_database, authority, request, event):
    has_tls = event != "nothing to reload"
    if request.config.getoption("tls") and not has_tls:
        pytest.skip("here everything goes over TLS")
    database = new_database()
    assert program.run("migrate", "--database", database).returncode == 0
    writer = sqlite3.connect(database.removeprefix("sqlite:"), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")  # Until it ends, the server waits for its turn to migrate.

    def hang_up(server):
        for _ in range(3):
            server.process.send_signal(signal.SIGHUP)
        writer.execute("ROLLBACK")
        writer.close()

    server = start_server(database=database, while_starting=hang_up,
                          identity=Identity(authority) if has_tls else None)

    eventually(lambda: server.has_logged(event), "the signal is answered")
    with Api(server) as api:
        api.new_bot()


def test_requests_under_way_are_finished_before_the_end(start_server, new_database):
    database = new_database()
    server = start_server(database=database)
    with Api(server) as api:
        talk = Talk(api)
        acknowledged, unexpected, started = [], [], threading.Semaphore(0)

        def write(number):
            with Raw(server) as raw:
                for at in range(100_000):
                    sent = talk.message(f"{number}.{at}", id=new_id())
                    try:
                        raw.ask("POST", "/messages", json.dumps(sent).encode(),
                                Content_Type="application/json")
                        answer = raw.answer()
                    except (EOFError, ConnectionError):
                        return  # Closed between two requests.
                    if answer.status_code != 201:
                        unexpected.append(answer)
                        return
                    acknowledged.append(sent["id"])
                    started.release()
                    if answer.header("connection", "").lower() == "close":
                        return

        writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
        for writer in writers:
            writer.start()
        for _ in range(60):
            assert started.acquire(timeout=30), "messages are taken"
        code = server.stop()
        for writer in writers:
            writer.join()

    assert code == 0
    assert not [answer for answer in unexpected if answer.status_code != 503]
    with Api(start_server(database=database)) as api:
        stored = {one["id"] for one in api.listed(conversationId=talk.conversation)}
        assert set(acknowledged) <= stored
        assert len(stored) <= len(acknowledged) + 6


def test_after_the_stop_no_connection_is_accepted(start_server):
    server = start_server()
    server.stop()

    with pytest.raises(OSError):
        Raw(server)


def test_the_log_is_json_and_has_the_addresses(server, api):
    api.get("/bots?limit=1")

    lines = [line for line in server.text().splitlines() if line.strip()]
    assert len(server.events()) == len(lines)
    listening = [event for event in server.events() if event.get("event") == "listening"]
    assert len(listening) == 1
    assert listening[0]["addresses"] == server.address


def test_settings_come_from_the_environment_too(start_server):
    with Api(start_server(environment={"BOTAPI_MAX_BATCH_SIZE": "2"})) as api:
        talk = Talk(api)
        eventually(lambda: api.get("/readyz").status_code == 200, "ready")
        assert api.post("/messages", json=[talk.message()] * 2).status_code == 201
        assert api.post("/messages", json=[talk.message()] * 3).status_code in (400, 413)


def test_one_thread_and_one_connection_are_enough(start_server):
    with Api(start_server("--threads", "1", "--db-connections", "1")) as api:
        talk = Talk(api)

        def work(number):
            message = talk.say(f"{number}")
            assert api.get(f"/messages/{message['id']}").json() == message
            assert message in talk.listed()

        crowd(24, work)
        assert len(talk.listed()) == 24
