"""RFC 7692: what is agreed on about compression, and messages that are compressed."""

import os
import random
import zlib

import pytest
from wire import BINARY, CONTINUATION, PING, TEXT, Wire, close, frame, pieces

MIB = 1_048_576
BASE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
LONG = b"to be compressed, and sent back compressed. " * 200

AGREED = {
    "permessage-deflate": BASE,
    "permessage-deflate; client_max_window_bits": BASE,
    "permessage-deflate; client_max_window_bits=8": BASE,
    "permessage-deflate; client_max_window_bits=15": BASE,
    'permessage-deflate; client_max_window_bits="10"': BASE,
    "permessage-deflate; server_no_context_takeover": BASE,
    "permessage-deflate; client_no_context_takeover": BASE,
    "permessage-deflate;server_max_window_bits=9": BASE + "; server_max_window_bits=9",
    "permessage-deflate; server_max_window_bits=15": BASE + "; server_max_window_bits=15",
    'permessage-deflate; server_max_window_bits="12"': BASE + "; server_max_window_bits=12",
    "permessage-deflate; server_max_window_bits=8, permessage-deflate": BASE,
    "permessage-deflate; unknown, permessage-deflate; client_max_window_bits": BASE,
    "x-webkit-deflate-frame, permessage-deflate": BASE,
    " , permessage-deflate": BASE,
    # Offers that nobody can accept are passed over.
    "permessage-deflate; server_max_window_bits=8": None,
    "permessage-deflate; server_max_window_bits=7": None,
    "permessage-deflate; server_max_window_bits=16": None,
    "permessage-deflate; server_max_window_bits=09": None,
    "permessage-deflate; server_max_window_bits": None,
    "permessage-deflate; client_max_window_bits=7": None,
    "permessage-deflate; client_max_window_bits=": None,
    "permessage-deflate; server_no_context_takeover=1": None,
    "permessage-deflate; client_no_context_takeover=yes": None,
    "permessage-deflate; client_no_context_takeover; client_no_context_takeover": None,
    "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10": None,
    "permessage-deflate; x": None,
    "x-webkit-deflate-frame": None,
    "permessage-bzip2": None,
    "permessage-deflatex": None,
}


def squeeze(content, bits=15, level=6, final=False):
    """A message as a client compresses it."""
    stream = zlib.compressobj(level, zlib.DEFLATED, -bits)
    if final:
        return stream.compress(content) + stream.flush(zlib.Z_FINISH) + b"\0"
    made = stream.compress(content) + stream.flush(zlib.Z_SYNC_FLUSH)
    assert made.endswith(b"\0\0\xff\xff")
    return made[:-4]


def expand(content, bits=15):
    return zlib.decompressobj(-bits).decompress(content + b"\0\0\xff\xff")


@pytest.fixture
def wire(address):
    with Wire(address, Sec_WebSocket_Extensions="permessage-deflate") as opened:
        assert opened.field("Sec-WebSocket-Extensions") == BASE
        yield opened


@pytest.mark.parametrize("offer", AGREED)
def test_an_offer_is_answered(address, offer):
    with Wire(address, Sec_WebSocket_Extensions=offer) as wire:
        assert wire.status == 101
        assert wire.field("Sec-WebSocket-Extensions") == AGREED[offer]


def test_offers_may_be_in_several_fields(address):
    offers = ["permessage-deflate; x", "permessage-deflate; server_max_window_bits=11"]

    with Wire(address, Sec_WebSocket_Extensions=offers) as wire:
        assert wire.field("Sec-WebSocket-Extensions") == BASE + "; server_max_window_bits=11"


def deflated(content, kind=TEXT, **more):
    return frame(kind, squeeze(content, **more), rsv=4)


SAME = {  # Frames, and the message they stand for.
    "a short text": (deflated(b"Hello"), b"Hello"),
    "an empty text": (deflated(b""), b""),
    "an empty text of one byte": (frame(TEXT, b"\0", rsv=4), b""),
    "RFC 7692's example": (frame(TEXT, bytes.fromhex("f248cdc9c90700"), rsv=4), b"Hello"),
    "RFC 7692's example without compression":
        (frame(TEXT, bytes.fromhex("000500faff48656c6c6f00"), rsv=4), b"Hello"),
    "RFC 7692's example of a last block":
        (frame(TEXT, bytes.fromhex("f348cdc9c9070000"), rsv=4), b"Hello"),
    "RFC 7692's example of two blocks":
        (frame(TEXT, bytes.fromhex("f248050000 00ffffcac9c90700".replace(" ", "")), rsv=4),
         b"Hello"),
    "a last block, and nothing after it": (deflated(LONG[:300], final=True), LONG[:300]),
    "a text that is not compressed": (frame(TEXT, b"as it is"), b"as it is"),
    "the lowest level": (deflated(b"abc" * 100, level=1), b"abc" * 100),
    "no compression": (deflated(b"abc" * 100, level=0), b"abc" * 100),
    "a small window": (deflated(b"abc" * 100, bits=9), b"abc" * 100),
    "fragments": (b"".join(pieces(TEXT, squeeze(b"in fragments"), 3, rsv=4)), b"in fragments"),
    "single bytes": (b"".join(pieces(TEXT, squeeze(b"in bytes"), 1, rsv=4)), b"in bytes"),
    "UTF-8": (deflated("vör 🙂".encode()), "vör 🙂".encode()),
}
WRONG = {
    "a reserved bit besides": ([frame(TEXT, squeeze(b"a"), rsv=5)], 1002),
    "a compressed ping": ([frame(PING, squeeze(b"a"), rsv=4)], 1002),
    "a compressed continuation":
        ([frame(TEXT, b"a", fin=False), frame(CONTINUATION, b"b", rsv=4)], 1002),
    "what is not compressed": ([frame(TEXT, b"\xff\xff\xff\xff", rsv=4)], 1007),
    "an invalid block": ([frame(TEXT, b"\x06abc", rsv=4)], 1007),
    "a distance too far": ([frame(TEXT, bytes.fromhex("4b04a200"), rsv=4)], 1007),
    "what refers to the message before":
        ([deflated(LONG), frame(TEXT, bytes.fromhex("4a0422"), rsv=4)], 1007),
    "no UTF-8": ([deflated(b"\xff\xfe")], 1007),
    "UTF-8 that ends early": ([deflated(b"a\xe2\x82")], 1007),
    "what is too large when inflated": ([deflated(b"*" * (MIB + 1))], 1009),
    "a bomb": ([deflated(b"\0" * (200 * MIB))], 1009),
    "what is too large already": ([frame(TEXT, size=MIB + 1, rsv=4, form=64)], 1009),
}


@pytest.mark.parametrize("name", SAME)
def test_a_compressed_message_is_understood(wire, name):
    sent, meant = SAME[name]

    wire.send(sent, close(1000))

    assert wire.receive_all() == [("text", meant), ("close", 1000)]


@pytest.mark.parametrize("name", WRONG)
def test_a_malformed_compressed_message_ends_the_socket(wire, name):
    sent, code = WRONG[name]

    wire.send(*sent)

    assert wire.receive_all()[-1] == ("close", code)
    assert wire.at_end()


@pytest.mark.parametrize("bits", range(9, 16))
@pytest.mark.parametrize("size", [512, 1000, 5000, 70_000, MIB])
def test_answers_fit_the_agreed_window(address, bits, size):
    chosen = random.Random(size)
    words = [chosen.randbytes(chosen.randrange(3, 40)).hex() for _ in range(500)]
    content = "".join(chosen.choices(words, k=size // 6 + 1)).encode()[:size]
    offer = f"permessage-deflate; server_max_window_bits={bits}"

    with Wire(address, Sec_WebSocket_Extensions=offer) as wire:
        wire.send(frame(TEXT, squeeze(content), rsv=4))
        kind, answer = wire.receive()

    assert kind == "text deflated"
    assert len(answer) < size
    assert expand(answer, bits) == content


def test_each_answer_is_compressed_independently(wire):
    wire.send(deflated(LONG), deflated(LONG))
    (_, first), (_, second) = wire.receive(), wire.receive()

    assert first == second
    assert expand(second) == LONG


def test_incompressible_messages_come_back(wire):
    content = os.urandom(100_000)

    wire.send(frame(BINARY, squeeze(content), rsv=4))
    kind, answer = wire.receive()

    assert kind == "binary deflated"
    assert expand(answer) == content


def test_a_ping_between_compressed_fragments_is_answered(wire):
    first, *others = pieces(TEXT, squeeze(LONG), 30, rsv=4)

    wire.send(first, frame(PING, b"here"), *others)

    assert wire.receive() == ("pong", b"here")
    assert expand(wire.receive()[1]) == LONG
