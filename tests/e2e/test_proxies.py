"""Trusted proxies name their clients."""

import pytest

from kit.api import Api, assert_problem
from kit.keys import Keys
from kit.wait import eventually

pytestmark = pytest.mark.only("sqlite")


def remotes(server, path):
    """The clients that the log tells of, of requests to `path`."""
    def find():
        return [event["remote"] for event in server.events()
                if event["event"] == "answered" and event["path"] == path]

    return eventually(find, f"{path} is in the log")


@pytest.mark.parametrize("flags, headers, remote", [
    ((), {"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1"),
    (("--trusted-proxy", "10.0.0.0/8"), {"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1"),
    (("--trusted-proxy", "127.0.0.0/8"), {}, "127.0.0.1"),
    (("--trusted-proxy", "127.0.0.0/8"), {"X-Forwarded-For": "203.0.113.9"}, "203.0.113.9"),
    (("--trusted-proxy", "127.0.0.1", "--trusted-proxy", "10.0.0.0/8"),
     {"X-Forwarded-For": "1.1.1.1, 203.0.113.9, 10.3.2.1"}, "203.0.113.9"),
    (("--trusted-proxy", "127.0.0.1"), {"X-Forwarded-For": "nonsense"}, "127.0.0.1"),
    (("--trusted-proxy", "127.0.0.1"), {"Forwarded": "for=203.0.113.9"}, "127.0.0.1"),
    (("--trusted-proxy", "127.0.0.1", "--proxy-header", "forwarded"),
     {"Forwarded": 'for="[2001:db8::9]:4711";proto=https', "X-Forwarded-For": "1.1.1.1"},
     "2001:db8::9"),
])
def test_the_client_in_the_log_is_the_one_that_a_trusted_proxy_names(
        start_server, flags, headers, remote):
    server = start_server(*flags)
    with Api(server) as api:
        assert api.get("/healthz", headers=headers).status_code == 200
    assert remotes(server, "/healthz") == [remote]


def test_rate_limits_apply_to_clients_and_not_to_their_proxy(start_server):
    with Api(start_server("--trusted-proxy", "127.0.0.1", "--max-client-rate", "1")) as api:
        def ask(client):
            return api.get("/bots", headers={"X-Forwarded-For": client})

        while ask("203.0.113.1").status_code == 200:
            pass
        assert_problem(ask("203.0.113.1"), 429)
        assert_problem(ask("1.2.3.4, 203.0.113.1"), 429)
        assert ask("203.0.113.2").status_code == 200


def test_a_network_of_ipv6_is_one_client(start_server):
    with Api(start_server("--trusted-proxy", "127.0.0.1", "--max-client-rate", "1")) as api:
        statuses = [api.get("/bots", headers={"X-Forwarded-For": f"2001:db8::{number}"}).status_code
                    for number in range(1, 30)]
        assert 429 in statuses
        assert api.get("/bots", headers={"X-Forwarded-For": "2001:db8:0:1::1"}).status_code == 200


def test_wrong_keys_are_counted_for_the_client_behind_the_proxy(start_server):
    keys = Keys(start_server("--trusted-proxy", "127.0.0.1"))
    guess = keys.client("bk_wrong")
    statuses = {guess.get("/bots", headers={"X-Forwarded-For": "203.0.113.1"}).status_code
                for _ in range(25)}
    assert statuses == {401, 429}
    assert keys.root.get("/bots", headers={"X-Forwarded-For": "203.0.113.2"}).status_code == 200
    keys.close()


def test_a_proxy_may_have_more_connections_than_a_client(start_server):
    server = start_server("--trusted-proxy", "127.0.0.1", "--max-client-connections", "1")
    with Api(server) as one, Api(server) as two:
        assert one.get("/healthz").status_code == 200
        assert two.get("/healthz").status_code == 200
