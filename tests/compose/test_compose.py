"""The promises of compose/README.md."""

import shutil
import subprocess

import pytest

from conftest import COMPOSE_FILE

BOT = "36b9f842-ee97-11e8-9443-0242ac120002"
USER = "16edd3b3-3f75-40df-af07-2a3813a79ce9"
TALK = "7665ada8-3448-4acd-a1b7-d688e68fe9a1"


def process_status(stack, service):
    """Process 1 of the container, as Linux sees it."""
    lines = stack.attempt(service, "cat", "/proc/1/status").stdout.splitlines()
    return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}


def test_messages_survive_down_and_up(stack):
    with stack.api() as api:
        bot = api.post("/bots", json={"id": BOT, "name": "Aureo"})
        message = api.post("/messages", json={
            "conversationId": TALK, "from": BOT, "to": USER, "text": "Oi! Como posso te ajudar?"})
        assert (bot.status_code, message.status_code) == (201, 201), (bot.text, message.text)

    stack.call("down")
    stack.up()

    with stack.api() as api:
        assert api.get(f"/bots/{BOT}").json() == bot.json()
        assert api.get("/messages", params={"conversationId": TALK}).json() == [message.json()]


def test_the_server_has_no_rights_that_it_does_not_need(stack):
    status = process_status(stack, "server")

    assert "0" not in status["Uid"].split() + status["Gid"].split()
    assert {status[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"


@pytest.mark.parametrize("path", ["/", "/usr/local/bin", "/var/lib"])
def test_the_server_cannot_write_to_its_files_even_as_root(stack, path):
    touched = stack.attempt("server", "touch", f"{path}/new", user="0")

    assert touched.returncode != 0
    assert "Read-only file system" in touched.stderr


def test_only_the_server_is_published_and_only_to_this_machine(stack):
    published = stack.inspect("server")["NetworkSettings"]["Ports"]["8000/tcp"]

    assert {one["HostIp"] for one in published} == {"127.0.0.1"}
    assert not stack.inspect("db")["HostConfig"]["PortBindings"]


def test_the_password_is_in_no_command_line_and_no_log(stack):
    password = stack.environment["POSTGRES_PASSWORD"]

    assert password not in stack.attempt("server", "cat", "/proc/1/cmdline").stdout
    assert password not in stack.call("logs", "--no-color")


def test_the_server_is_unhealthy_without_its_database(stack, api):
    stack.call("stop", "db")
    try:
        assert stack.attempt("server", "is-ready").returncode != 0
        assert api.get("/healthz").status_code == 200
    finally:
        stack.up()


def test_without_a_password_nothing_starts(stack, tmp_path):
    alone = shutil.copy(COMPOSE_FILE, tmp_path)  # With no .env beside it.
    environment = {name: value for name, value in stack.environment.items()
                   if name != "POSTGRES_PASSWORD"}

    asked = subprocess.run([*stack.compose, "-f", alone, "config"], env=environment,
                           capture_output=True, text=True, check=False, timeout=60)

    assert asked.returncode != 0
    assert "copy .env.example to .env" in asked.stderr


def test_the_server_stops_in_time(stack):
    stack.call("stop", "server")

    stopped = stack.inspect("server")["State"]
    stack.up()

    assert stopped["ExitCode"] == 0
