"""Clients that meet: lists with the same ids in opposite orders, and bulk loads beside others."""

import random
import threading
import time

import pytest

from kit.api import Api, message, new_id
from kit.wait import crowd

PATIENCE = 5.0  # Seconds until it is stored, on a machine that does other things meanwhile.


def post(api, messages, figures):
    """The status of an answer. Who is turned away by a server that is too busy comes again."""
    began = time.monotonic()
    while True:
        status = api.post("/messages", json=messages).status_code
        took = time.monotonic() - began
        if status != 503 or took > PATIENCE:
            break
        figures["turned_away"] += 1
    figures["slowest_ms"] = max(figures["slowest_ms"], int(took * 1000))
    return status


@pytest.mark.rounds(short=10, long=1_000)
def test_lists_with_the_same_ids_in_opposite_orders_are_all_stored(
        session, figures, rounds, seed):
    rng = random.Random(seed)
    conversation = session.new_ledger(1).conversations[0]
    with Api(session.server) as api:
        for number in range(rounds):
            sent = [message(conversation, session.bot, new_id(), f"{number}.{at}", id=new_id(),
                            timestamp="2026-01-01T00:00:00Z") for at in range(50)]
            orders = [sent, sent[::-1], rng.sample(sent, len(sent)), rng.sample(sent, len(sent))]

            statuses = crowd(len(orders), lambda at, all=orders: post(api, all[at], figures))

            assert set(statuses) <= {200, 201}, statuses
            assert not figures["turned_away"]
            stored = api.listed(conversationId=conversation)
            assert len(stored) == (number + 1) * len(sent)
    session.verify_store()
    assert figures["slowest_ms"] <= PATIENCE * 1000


@pytest.mark.rounds(short=1, long=20)
def test_single_messages_are_stored_beside_bulk_loads(session, figures, rounds):
    for _ in range(rounds):
        over = threading.Event()

        def load(over=over):
            conversation = new_id()
            bulk = [message(conversation, session.bot, new_id(), "x" * 200) for _ in range(1_000)]
            with Api(session.server) as api:
                while not over.is_set():
                    status = api.post("/messages", json=bulk).status_code
                    figures["bulk_loads"] += status == 201
                    assert status in (201, 503), status

        loads = [threading.Thread(target=load) for _ in range(4)]
        for one in loads:
            one.start()
        try:
            with session.writing(count=4) as writers:
                ledger = writers.ledger
                with Api(session.server) as api:
                    conversation = new_id()
                    for number in range(50):
                        sent = message(conversation, session.bot, new_id(), f"{number}")
                        assert post(api, sent, figures) == 201
        finally:
            over.set()
            for one in loads:
                one.join()
        session.verify(ledger)
    assert figures["bulk_loads"]
    assert figures["slowest_ms"] <= PATIENCE * 1000
