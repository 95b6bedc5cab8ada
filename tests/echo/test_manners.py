"""Clients that send too much, too little or nothing, or leave."""

import itertools
import time

import pytest
from wire import CONTINUATION, PING, PONG, TEXT, Wire, close, frame


def test_many_pings_are_all_answered_in_order(address):
    with Wire(address) as wire:
        for at in range(5_000):
            wire.send(frame(PING, b"%d" % at))
        wire.send(close(1000))

        assert wire.receive_all() == [
            *(("pong", b"%d" % at) for at in range(5_000)), ("close", 1000)]


def test_a_client_that_does_not_read_pongs_is_not_read_further(address):
    """So that a flood of pings costs the server no memory."""
    flood = frame(PING, b"*" * 125) * 500_000
    with Wire(address) as wire:
        wire.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            wire.socket.sendall(flood)


def test_messages_come_back_in_order_though_they_are_sent_at_once(address):
    texts = [b"%d" % at * (at % 300 + 1) for at in range(2_000)]
    with Wire(address) as wire:
        wire.socket.settimeout(20)
        for at in range(0, len(texts), 50):
            wire.send(*(frame(TEXT, text) for text in texts[at:at + 50]))
            for text in texts[at:at + 50]:
                assert wire.receive() == ("text", text)


@pytest.mark.parametrize("before", [
    b"", frame(TEXT, b"cut", fin=False), frame(TEXT, b"cut", size=100), b"\x81", b"\x81\xfe\x01"])
def test_a_half_closed_connection_is_closed(address, before):
    with Wire(address) as wire:
        wire.send(before)
        wire.half_close()

        assert wire.at_end()


def test_a_half_closed_connection_still_gets_its_answers(address):
    with Wire(address) as wire:
        wire.send(frame(TEXT, b"last words"))
        wire.half_close()

        assert wire.receive() == ("text", b"last words")
        assert wire.at_end()


def test_a_client_that_vanishes_does_no_harm(address):
    for at in range(50):
        with Wire(address) as wire:
            wire.send(frame(TEXT, b"*" * 100_000, fin=at % 2 == 0))

    with Wire(address) as wire:
        wire.send(frame(TEXT, b"and then"))
        assert wire.receive() == ("text", b"and then")


def test_a_silent_client_is_pinged_and_stays_if_it_answers(impatient):
    with Wire(impatient) as wire:
        for _ in range(3):
            assert wire.receive() == ("ping", b"")
            wire.send(frame(PONG))
        wire.send(frame(TEXT, b"still here"))

        assert wire.receive() == ("text", b"still here")


def test_a_silent_client_that_does_not_answer_is_disconnected(impatient):
    with Wire(impatient) as wire:
        assert wire.receive() == ("ping", b"")
        assert wire.at_end()


@pytest.mark.parametrize("part", [b"\x81", frame(TEXT, b"pau", fin=False), frame(TEXT, size=500)])
def test_a_client_that_pauses_within_a_message_is_disconnected_with_a_reason(impatient, part):
    with Wire(impatient) as wire:
        wire.send(part)

        assert wire.receive_all() == [("close", 1008)]
        assert wire.at_end()


def test_a_client_that_sends_too_slowly_is_disconnected_with_a_reason(impatient):
    """A byte at a time never pauses for long, but is below the least rate."""
    with Wire(impatient) as wire:
        wire.send(frame(TEXT, b"first", fin=False))
        wire.socket.settimeout(0.05)
        until = time.monotonic() + 10
        for byte in itertools.cycle(frame(CONTINUATION, fin=False)):
            assert time.monotonic() < until
            wire.send(bytes([byte]))
            try:
                if wire.fill():
                    break
            except TimeoutError:
                continue

        assert wire.receive() == ("close", 1008)


def test_an_idle_socket_costs_little(program):
    """Both that have agreed on compression, and have used it, and those that have not."""
    count = 1_000
    offers = [None, "permessage-deflate"]
    with Wire(program.address) as first:
        first.send(frame(TEXT, b"*" * 600))
        assert first.receive()[0] == "text"
        before = resident(program)
        wires = []
        for at in range(count):
            wires.append(Wire(program.address, Sec_WebSocket_Extensions=offers[at % 2]))
            wires[-1].send(frame(TEXT, b"*" * 600))
            assert wires[-1].receive()[0].startswith("text")
        each = (resident(program) - before) / count
        for wire in wires:
            wire.socket.close()

    print(f"an idle socket costs {each:.0f} bytes")
    assert each <= 16 * 1024


def resident(program):
    """Bytes of memory that the program has."""
    with open(f"/proc/{program.process.pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024
