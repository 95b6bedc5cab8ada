"""Waiting for a condition, and doing things at the same time."""

import threading
import time


def eventually(condition, what, seconds=30.0):
    """Polls until `condition()` is truthy, and returns it. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        outcome = condition()
        if outcome:
            return outcome
        assert time.monotonic() < deadline, f"after {seconds} s still not: {what}"
        time.sleep(0.01)


class Latch:
    """Opens once it was counted down."""

    def __init__(self, count):
        self.lock = threading.Lock()
        self.left = count

    def count_down(self):
        with self.lock:
            self.left -= 1

    def is_open(self):
        with self.lock:
            return self.left <= 0


def crowd(count, work):
    """Calls `work(number)` on `count` threads at once. Returns the answers in order.

    The first exception of any of them is raised.
    """
    start = threading.Barrier(count)
    answers = [None] * count
    failures = []

    def run(number):
        start.wait()
        try:
            answers[number] = work(number)
        except BaseException as failure:  # pylint: disable=broad-except
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return answers
