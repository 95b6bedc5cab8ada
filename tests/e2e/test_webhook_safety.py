"""Nothing is sent to addresses that are not public, unless the operator allows it."""

import os
import socket
import threading

import pytest

from kit.api import Api, Talk
from kit.names import Names
from kit.receiver import Hooks, Receiver

REFUSED = "the host has no address that may be connected to"


@pytest.fixture(scope="module")
def hooks(launch, new_database):
    """Webhooks of a server that allows http, but only public addresses."""
    server = launch(new_database(), "--webhook-allow-http", "--webhook-timeout", "2s")
    with Api(server) as api:
        yield Hooks(api, Talk(api))
    assert server.stop() == 0


@pytest.fixture
def listener():
    """Counts who connects to it on any address of this host."""
    found = []
    listening = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)

    def accept():
        while True:
            try:
                connection, address = listening.accept()
            except OSError:
                return
            found.append(address)
            connection.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield listening.getsockname()[1], found
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def trial(hooks, url):
    hooks.put(url)
    answer = hooks.api.post(hooks.path("crm", "test"))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("host", [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "100.64.0.1", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.168.1.1", "192.0.0.1", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]",
    "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]",
    "[2002:7f00:1::1]", "[2002:a00:1::]", "[::127.0.0.1]", "[2001::1]", "[100::1]",
    "localhost", "LOCALHOST", "ip6-localhost",
])
def test_addresses_that_are_not_public_are_not_connected_to(hooks, listener, host):
    port, found = listener

    reply = trial(hooks, f"http://{host}:{port}/latest/meta-data/")

    assert "status" not in reply
    assert reply["failure"] in (REFUSED, "the name of the host was not found")
    assert not found


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_names_and_addresses_of_this_host_are_refused(hooks, host):
    assert trial(hooks, f"http://{host}:1/")["failure"] == REFUSED


def test_unknown_names_are_reported(hooks):
    assert "not found" in trial(hooks, "https://no-such-host.invalid/")["failure"]


def test_redirections_are_not_followed(start_server):
    target = Receiver()
    source = Receiver(answer=lambda got: (307, {"Location": target.url()}, b""))
    flags = ("--webhook-allow-http", "--webhook-allow-range", "127.0.0.1")
    try:
        with Api(start_server(*flags)) as api:
            hooks = Hooks(api, Talk(api))
            reply = trial(hooks, source.url(host="127.0.0.1"))
            assert (reply["status"], reply["headers"]["Location"]) == (307, target.url())

            hooks.talk.say()
            source.wait_for(2)
            assert hooks.deliveries("pending") != []
            assert target.all() == []
    finally:
        source.close()
        target.close()


def test_an_allowed_range_allows_no_other_addresses(start_server):
    receiver = Receiver()
    flags = ("--webhook-allow-http", "--webhook-allow-range", "127.0.0.1/32")
    try:
        with Api(start_server(*flags)) as api:
            hooks = Hooks(api, Talk(api))
            assert trial(hooks, receiver.url(host="127.0.0.1"))["status"] == 204
            assert trial(hooks, receiver.url(host="[::ffff:127.0.0.1]"))["status"] == 204
            assert trial(hooks, receiver.url(host="127.0.0.2"))["failure"] == REFUSED
            assert trial(hooks, receiver.url(host="[::1]"))["failure"] == REFUSED
    finally:
        receiver.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a program names of its own")
def test_a_name_is_resolved_once_per_attempt_and_the_checked_address_is_used(
        start_server, tmp_path):
    allowed = Receiver()
    forbidden = Receiver(address=("127.0.0.2", allowed.port))
    names = Names(["127.0.0.1", "127.0.0.2"], tmp_path)
    flags = ("--webhook-allow-http", "--webhook-allow-range", "127.0.0.1/32")
    try:
        with Api(start_server(*flags, launcher=names.launcher())) as api:
            hooks = Hooks(api, Talk(api))
            url = allowed.url(host="changing.example")

            assert trial(hooks, url)["status"] == 204
            assert (names.asked, len(allowed.all())) == (1, 1)
            assert trial(hooks, url)["failure"] == REFUSED
            assert (names.asked, len(allowed.all()), forbidden.all()) == (2, 1, [])
    finally:
        names.close()
        allowed.close()
        forbidden.close()
