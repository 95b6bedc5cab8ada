"""The connection to PostgreSQL breaks after every single byte of an append, one after the other."""

import random

import pytest

from kit.api import Api
from kit.wait import eventually
from ledger import Writer
from proxy import Proxy


@pytest.fixture
def proxy(make_store):
    """A proxy before a PostgreSQL of its own."""
    store = make_store("postgresql", fsync="off")
    proxy = Proxy(store.server.port)
    proxy.store = store
    yield proxy
    proxy.close()


class Detour:
    """The same store, through the proxy."""

    def __init__(self, proxy):
        self.store = proxy.store
        self.url = self.store.url.replace(f":{self.store.server.port}/", f":{proxy.port}/")

    def __getattr__(self, name):
        return getattr(self.store, name)


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("direction", ["to", "from"])
@pytest.mark.parametrize("then_refuse", [0, 50], ids=["reachable", "away"])
@pytest.mark.parametrize("kind", ["bare", "array"])
@pytest.mark.rounds(short=211, long=1)
def test_a_cut_after_any_byte_of_an_append_loses_and_doubles_nothing(
        database, proxy, session_with, figures, seed, rounds, kind, direction, then_refuse):
    """`rounds` is the step from one cut to the next, in bytes. A bare message goes to the database
    in one piece; what has ids of its client takes several statements.
    """
    figures["step"] = figures.pop("rounds")
    session = session_with(Detour(proxy), ("--db-connections", "1", "--request-timeout", "1s"))
    ledger = session.new_ledger(1)
    writer = Writer(ledger, session.address, seed)
    for size in range(random.Random(seed).randrange(rounds), 100_000, rounds):
        with Api(session.server) as api:  # Connected, and with what an append needs prepared.
            eventually(lambda: api.get("/readyz").status_code == 200, "it is ready")
            eventually(lambda: writer.send(writer.make()), "an append")
        proxy.cut_after(size, direction, then_refuse)
        before = proxy.cuts
        writer.send(writer.make(kind))
        proxy.pass_all()
        if proxy.cuts == before:
            break
        figures["cuts"] += 1
    writer.close()
    assert figures["cuts"]
    session.verify(ledger)
    session.verify_store()
    figures.update(ledger.figures())


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("direction", ["to", "from"])
@pytest.mark.parametrize("kind", ["bare", "array"])
@pytest.mark.rounds(short=211, long=7)
def test_what_arrives_after_the_server_gave_up_was_not_refused(
        database, proxy, session_with, figures, seed, rounds, kind, direction):
    """`rounds` is the step, as above. The rest of an append, or of the answer to it, is on its way
    until the server has answered its client and closed the connection.
    """
    figures["step"] = figures.pop("rounds")
    session = session_with(Detour(proxy), ("--db-connections", "1", "--request-timeout", "300ms"))
    ledger = session.new_ledger(1)
    writer = Writer(ledger, session.address, seed)
    for size in range(random.Random(seed).randrange(rounds), 100_000, rounds):
        with Api(session.server) as api:
            eventually(lambda: api.get("/readyz").status_code == 200, "it is ready")
            eventually(lambda: writer.send(writer.make()), "an append")
        proxy.delay_after(size, direction, 1.0)
        before = proxy.delays
        writer.send(writer.make(kind))
        proxy.pass_all()
        if proxy.delays == before:
            break
        eventually(lambda: proxy.held == 0, "what was late has arrived")
        figures["delays"] += 1
    writer.close()
    assert figures["delays"]
    session.verify(ledger)
    session.verify_store()
    figures.update(ledger.figures())
