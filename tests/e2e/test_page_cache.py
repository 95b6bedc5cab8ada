"""A list is never stale, whichever server wrote last: pages are cached, and validated by version."""

import threading
import time

from kit.api import Api, new_id

SECONDS = 4


def metric(api, name):
    lines = api.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(name + " ")).split()[1])


def test_a_list_has_all_that_was_answered_before_it_was_asked_for(pair):
    bot = pair[0].new_bot()
    talks = [new_id() for _ in range(4)]
    written = dict.fromkeys(talks, 0)  # How many were answered, at least.
    end = time.monotonic() + SECONDS
    faults, checks = [], []

    def write(talk, number):
        with Api(pair[number % 2].server) as client:
            while time.monotonic() < end and not faults:
                message = {"conversationId": talk, "from": bot, "to": new_id(),
                           "text": f"{written[talk]}"}
                answer = client.post("/messages", json=message)
                if answer.status_code != 201:
                    faults.append(answer.text)
                written[talk] += 1
                if written[talk] >= 120:  # Short enough to be kept whole.
                    return

    def read(number):
        count = 0
        with Api(pair[number % 2].server) as client:
            while time.monotonic() < end and not faults:
                talk = talks[count % len(talks)]
                least = written[talk]
                query = {"conversationId": talk}
                if count % 3 == 0:
                    query["limit"] = "1000"
                answer = client.get("/messages", params=query)
                texts = [int(one["text"]) for one in answer.json()]
                if texts != list(range(len(texts))) or len(texts) < least:
                    faults.append(f"{len(texts)} of {least}: {texts[-3:]}")
                if answer.headers["ETag"] != f'"{len(texts)}"':
                    faults.append(f"{answer.headers['ETag']} of {len(texts)}")
                count += 1
        checks.append(count)

    threads = [threading.Thread(target=write, args=(talk, number))
               for number, talk in enumerate(talks)]
    threads += [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    assert sum(checks) > 200
    assert all(count > 0 for count in written.values())


def test_what_is_asked_again_comes_from_memory_and_is_the_same(api, talk):
    talk.say("Oi!")
    query = {"conversationId": talk.conversation}
    first = api.get("/messages", params=query)
    hits = metric(api, "botapi_page_cache_hits_total")

    again = api.get("/messages", params=query)

    assert again.content == first.content
    assert lasting(again) == lasting(first)
    assert metric(api, "botapi_page_cache_hits_total") == hits + 1
    assert metric(api, "botapi_page_cache_bytes") > len(first.content)


def lasting(answer):
    """The headers but for those that belong to one answer alone."""
    return {name: value for name, value in answer.headers.items()
            if name not in ("date", "x-request-id")}
