"""Lists are kept in memory, and never stale, whichever server wrote last."""

import re
import threading
import time

import pytest

from kit.api import NDJSON, Api, Talk, links, new_id
from kit.wait import crowd

SECONDS = 5
LENGTH = 100  # Messages of a conversation at most: few enough to be kept as a whole.
WHEN = "2018-11-16T23:30:52.6917722Z"  # One time for all messages: ordered by arrival.

# Ways to ask for a list, and what of `count` messages each has to answer.
QUERIES = [
    ({}, lambda count: range(count)),
    ({"limit": 1000}, lambda count: range(count)),
    ({"limit": 5}, lambda count: range(min(count, 5))),
    ({"order": "desc", "limit": 1}, lambda count: range(count - 1, max(count, 1) - 2, -1)),
    ({"direction": "inbound"}, lambda count: range(0)),
]


def metric(api, name):
    return float(re.search(rf"(?m)^botapi_page_cache_{name} (\S+)$", api.get("/metrics").text)[1])


def lasting(answer):
    """The headers but for those that belong to one answer alone."""
    return {name: value for name, value in answer.headers.items()
            if name not in ("date", "x-request-id")}


class Race:
    """Some write and list, others only list, all at once and through all servers."""

    def __init__(self, apis):
        self.servers = [api.server for api in apis]
        self.bot, self.user = apis[0].new_bot(), new_id()
        self.talks = {}  # By their writer: a conversation, and how many of it were answered.
        self.faults = []
        self.checks = 0
        self.lock = threading.Lock()
        self.end = time.monotonic() + SECONDS

    def run(self):
        threads = [threading.Thread(target=self.work, args=(work, number))
                   for work in (self.write, self.read) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def work(self, work, number):
        apis = [Api(server) for server in self.servers]
        try:
            work(apis, number)
        except Exception as error:  # Told by the thread that waits.
            self.faults.append(repr(error))
        for api in apis:
            api.close()

    def goes_on(self):
        return time.monotonic() < self.end and not self.faults

    def write(self, apis, number):
        step = 0
        while self.goes_on():
            conversation = new_id()
            for count in range(1, LENGTH + 1):
                step += 1
                apis[step % len(apis)].say(conversation, self.bot, self.user, timestamp=WHEN,
                                           text=str(count - 1))
                self.talks[number] = (conversation, count)
                self.check(apis[step % len(apis)], self.talks[number], step)
                self.check(apis[(step + 1) % len(apis)], self.talks[number], step)
                if not self.goes_on():
                    return

    def read(self, apis, number):
        step, seen = number, {}
        while self.goes_on():
            step += 1
            for talk in list(self.talks.values()):
                tag = seen.get(talk[0]) if step % 4 == 0 else None
                seen[talk[0]] = self.check(apis[step % len(apis)], talk, step, tag)

    def check(self, api, talk, step, known=None):
        """Lists a talk, of which that many messages had been answered before. Returns its tag."""
        conversation, least = talk
        query, expected = QUERIES[step % len(QUERIES)]
        answer = api.get("/messages", params={"conversationId": conversation, **query},
                         headers={"If-None-Match": known} if known else None)
        count = int(answer.headers["etag"].strip('"').split("-")[0])
        reply = f"{query}: {count} of {least}"
        assert count >= least, reply
        if answer.status_code == 304:
            assert answer.headers["etag"] == known, reply
        else:
            assert answer.status_code == 200, reply
            texts = [int(one["text"]) for one in answer.json()]
            assert texts == list(expected(count)), f"{reply}: {texts[-3:]}"
            assert ("next" in links(answer)) == (count > query.get("limit", 1000)), reply
        with self.lock:
            self.checks += 1
        return answer.headers["etag"]


def run_race(apis):
    before = sum(metric(api, "hits_total") for api in apis)
    race = Race(apis)

    race.run()

    assert not race.faults
    assert race.checks > 300
    assert sum(metric(api, "hits_total") for api in apis) > before


def test_one_server_lists_all_that_it_has_answered(fresh):
    run_race([fresh])


def test_two_servers_list_all_that_either_has_answered(pair):
    run_race(pair)


@pytest.mark.parametrize("query", [
    {}, {"limit": 2}, {"limit": 2, "order": "desc"}, {"since": WHEN, "direction": "outbound"}])
@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
def test_a_repeated_request_is_answered_from_memory_with_the_same_bytes(api, talk, query, accept):
    for number in range(4):
        talk.say(f'"{number}"\n\\ é', metadata={"number": number})

    def ask(method="GET"):
        return api.request(method, "/messages", headers={"Accept": accept},
                           params={"conversationId": talk.conversation, **query})

    first, hits, misses = ask(), metric(api, "hits_total"), metric(api, "misses_total")
    again, head = ask(), ask("HEAD")

    assert again.content == first.content and not head.content
    assert lasting(again) == lasting(head) == lasting(first)
    assert ("next" in links(again)) == ("limit" in query)
    assert metric(api, "hits_total") == hits + 2
    assert metric(api, "misses_total") == misses
    assert metric(api, "bytes") > len(first.content)


def test_json_and_lines_are_kept_apart(talk):
    talk.say()
    for _ in range(2):
        lines = talk.api.get("/messages", params={"conversationId": talk.conversation},
                             headers={"Accept": NDJSON["Content-Type"]})

        assert talk.listed() == [lines.json()]
        assert lines.headers["content-type"] == NDJSON["Content-Type"]


def test_304_does_not_use_the_cache(api, talk):
    talk.say()
    first = api.get("/messages", params={"conversationId": talk.conversation})
    before = [metric(api, name) for name in ("hits_total", "misses_total", "bytes")]

    answer = api.get("/messages", params={"conversationId": talk.conversation},
                     headers={"If-None-Match": first.headers["etag"]})

    assert answer.status_code == 304
    assert [metric(api, name) for name in ("hits_total", "misses_total", "bytes")] == before


def test_messages_of_a_removed_bot_stay_in_memory(api, talk):
    message = talk.say()
    assert talk.listed() == [message]

    assert api.delete(f"/bots/{talk.bot}").status_code == 204

    assert talk.listed() == [message]


def test_a_streamed_list_is_not_cached(api, talk):
    many = [talk.message(str(number)) for number in range(300)]
    assert api.post("/messages", json=many).status_code == 201
    before = [metric(api, name) for name in ("hits_total", "bytes")]

    assert talk.listed() == talk.listed()

    assert [metric(api, name) for name in ("hits_total", "bytes")] == before


def test_memory_is_bounded(start_server):
    with Api(start_server("--page-cache-size", "256KiB")) as api:
        for _ in range(100):
            talk = Talk(api)
            message = talk.say("é" * 1000)
            assert talk.listed() == talk.listed() == [message]

        assert metric(api, "hits_total") == 100
        assert metric(api, "evictions_total") > 0
        assert 0 < metric(api, "bytes") <= 256 * 1024


def test_a_size_of_zero_turns_the_cache_off(start_server):
    with Api(start_server("--page-cache-size", "0")) as api:
        talk = Talk(api)
        message = talk.say()

        assert talk.listed() == talk.listed() == [message]
        assert metric(api, "hits_total") == metric(api, "bytes") == 0


def test_concurrent_readers_get_the_same_page(api, talk):
    for number in range(20):
        talk.say(str(number))

    found = crowd(16, lambda who: talk.listed())

    assert found == [talk.listed()] * 16
