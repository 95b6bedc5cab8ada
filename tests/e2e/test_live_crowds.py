"""Many watchers, and slow ones."""

import time

import pytest

from kit.api import Api, Talk, new_id
from kit.crowd import allow_files, follow_by_events, follow_by_socket
from kit.events import Crowd, following, live_metric
from kit.raw import Raw
from kit.wait import eventually

COUNT = 1000
IDLE = 2000


def test_a_message_is_rendered_once_for_a_thousand_watchers(start_server):
    server = start_server()
    with Api(server) as api:
        talk = Talk(api)
        target = f"/messages?conversationId={talk.conversation}"
        with Crowd(server, [target] * COUNT) as crowd:
            crowd.until(lambda one: one.parser and one.parser.retry, "all are answered")
            assert live_metric(api, "followers") == COUNT
            assert live_metric(api, "feeds") == 1
            rendered = live_metric(api, "rendered_total")

            messages = [talk.say(f"{number}") for number in range(5)]
            crowd.until(lambda one: len(one.events) >= 5, "all have all")

            assert live_metric(api, "rendered_total") - rendered == 5
            assert live_metric(api, "delivered_total") == 5 * COUNT
            for one in crowd.watchers:
                assert [event.data for event in one.events] == messages
        eventually(lambda: live_metric(api, "followers") == 0, "all are gone")


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("follow", [follow_by_events, follow_by_socket])
def test_an_idle_watcher_costs_less_than_16_kib(start_server, follow):
    server = start_server("--max-connections", str(IDLE + 100))
    allow_files(IDLE + 100)
    with Api(server) as api:
        watchers = [follow(server.port, new_id()) for _ in range(50)]
        try:
            before = server.memory()
            watchers += [follow(server.port, new_id()) for _ in range(IDLE)]
            assert live_metric(api, "feeds") == IDLE + 50

            assert (server.memory() - before) / IDLE < 16 * 1024
        finally:
            for one in watchers:
                one.close()


def test_a_client_that_reads_nothing_delays_nobody_and_is_disconnected(start_server):
    server = start_server("--write-timeout", "1s")
    with Api(server) as api:
        talk = Talk(api)
        path = f"/messages?conversationId={talk.conversation}"
        with Raw(server) as slow:
            slow.ask("GET", path, Accept="text/event-stream")
            eventually(lambda: live_metric(api, "followers") == 1, "it follows")
            before = server.memory()
            with following(api, conversationId=talk.conversation) as fast:
                text = "x" * 60_000
                for number in range(200):
                    began = time.monotonic()
                    talk.say(f"{number} {text}")
                    assert fast.texts(1)[0].startswith(f"{number} ")
                    assert time.monotonic() - began < 5
                    if live_metric(api, "followers") == 1:
                        break
                eventually(lambda: live_metric(api, "followers") == 1, "the slow one is cut off")
            # Memory that all watchers share, not one part for each.
            assert server.memory() - before < 100 * 1024 * 1024
