"""Clients with processes of their own: threads of Python would take turns, and time that."""

import multiprocessing

FORK = multiprocessing.get_context("fork")


def in_processes(count, work, *arguments):
    """What `work(number, *arguments)` returns in each of so many processes."""
    with FORK.Pool(count) as pool:
        return pool.starmap(work, [(number, *arguments) for number in range(count)])
