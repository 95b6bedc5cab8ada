"""RFC 6455's frames, case by case, in the manner of the Autobahn test suite: what is sent over a raw
socket, and what has to come back."""

import pytest
from wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Wire, close, frame, pieces

MIB = 1_048_576
DATA = {"text": TEXT, "binary": BINARY}
ALL = {"continuation": CONTINUATION, **DATA, "close": CLOSE, "ping": PING, "pong": PONG}
UNKNOWN = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]
BEGUN = frame(TEXT, b"begun", fin=False)
ENDED = frame(CONTINUATION, b" ended")

# By what each character is: its bytes.
GOOD_TEXT = {
    "ASCII": b"Hello",
    "Greek": "κόσμε".encode(),
    "NUL": b"\x00",
    "the last of one byte": b"\x7f",
    "the first of two bytes": b"\xc2\x80",
    "the last of two bytes": b"\xdf\xbf",
    "the first of three bytes": b"\xe0\xa0\x80",
    "before the surrogates": b"\xed\x9f\xbf",
    "after the surrogates": b"\xee\x80\x80",
    "the replacement character": b"\xef\xbf\xbd",
    "no character, U+FFFE": b"\xef\xbf\xbe",
    "the last of three bytes": b"\xef\xbf\xbf",
    "the first of four bytes": b"\xf0\x90\x80\x80",
    "an emoji": "🙂".encode(),
    "the last of all": b"\xf4\x8f\xbf\xbf",
}
# Errors that no continuation can mend.
BAD_TEXT = {
    "a lone continuation, the first": b"\x80",
    "a lone continuation, the last": b"\xbf",
    "two continuations": b"\x80\xbf",
    "a continuation after a character": b"\xc3\xa4\xa4",
    "overlong, two bytes, NUL": b"\xc0\x80",
    "overlong, two bytes, slash": b"\xc0\xaf",
    "overlong, two bytes, the last": b"\xc1\xbf",
    "overlong, three bytes": b"\xe0\x80\xaf",
    "overlong, three bytes, the last": b"\xe0\x9f\xbf",
    "overlong, four bytes": b"\xf0\x80\x80\xaf",
    "overlong, four bytes, the last": b"\xf0\x8f\xbf\xbf",
    "the first high surrogate": b"\xed\xa0\x80",
    "the last high surrogate": b"\xed\xaf\xbf",
    "the first low surrogate": b"\xed\xb0\x80",
    "the last low surrogate": b"\xed\xbf\xbf",
    "a pair of surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
    "past U+10FFFF": b"\xf4\x90\x80\x80",
    "lead F5": b"\xf5\x80\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "FE": b"\xfe",
    "FF": b"\xff",
    "a lead before ASCII": b"\xc3A",
    "two of three bytes before ASCII": b"\xe2\x82A",
    "three of four bytes before ASCII": b"\xf0\x9f\x99A",
    "a lead before a lead": b"\xc3\xc3\xa4",
    "UTF-16": "ä".encode("utf-16-le") + b"\xd8",
}
# Texts that are invalid only because they end.
CUT_TEXT = {
    "one of two bytes": b"\xc3",
    "one of three bytes": b"\xe2",
    "two of three bytes": b"\xe2\x82",
    "one of four bytes": b"\xf0",
    "two of four bytes": b"\xf0\x9f",
    "three of four bytes": b"\xf0\x9f\x99",
}
GOOD_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999,
              4000, 4999]
BAD_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 32768, 65535]

CASES = {}  # By name: the parts that are sent, and the events that come back before the end.


def case(name, sent, *expected):
    assert name not in CASES, name
    CASES[name] = (sent if isinstance(sent, list) else [sent], list(expected))


def good(name, sent, *expected):
    """A case after which the socket still works."""
    sent = sent if isinstance(sent, list) else [sent]
    case(name, [*sent, close(1000)], *expected, ("close", 1000))


def sizes():
    for name, kind in DATA.items():
        for size in (0, 1, 125, 126, 127, 128, 65535, 65536, 65537, MIB - 1, MIB):
            content = b"*" * size
            good(f"{name} of {size} bytes", frame(kind, content), (name, content))
        for size in (MIB + 1, 2**32, 2**62):
            case(f"{name} that announces {size} bytes", frame(kind, size=size, form=64),
                 ("close", 1009))
        case(f"{name} that is too large in fragments",
             [frame(kind, b"*" * MIB, fin=False), frame(CONTINUATION, b"*")], ("close", 1009))
        good(f"{name} of the largest size in fragments", pieces(kind, b"*" * MIB, 65536),
             (name, b"*" * MIB))
        for size in (0, 1, 100, 125):
            case(f"{name} of {size} bytes, its length in 16 bits",
                 frame(kind, b"*" * size, form=16), ("close", 1002))
        for size in (0, 125, 126, 65535):
            case(f"{name} of {size} bytes, its length in 64 bits",
                 frame(kind, b"*" * size, form=64), ("close", 1002))
        case(f"{name} of a length with its first bit set", frame(kind, size=2**63, form=64),
             ("close", 1002))


def controls():
    for size in (0, 1, 125):
        good(f"a ping of {size} bytes", frame(PING, b"\xfe" * size), ("pong", b"\xfe" * size))
        good(f"a pong of {size} bytes that nobody asked for", frame(PONG, b"\xff" * size))
    for name in ("close", "ping", "pong"):
        kind = ALL[name]
        case(f"a {name} of 126 bytes", frame(kind, b"*" * 126), ("close", 1002))
        case(f"a {name} of 65536 bytes", frame(kind, b"*" * 65536), ("close", 1002))
        case(f"a {name} that announces 126 bytes", frame(kind, size=126), ("close", 1002))
        case(f"a {name} with its length in 16 bits", frame(kind, b"ab", form=16), ("close", 1002))
        case(f"a fragmented {name}", frame(kind, b"ab", fin=False), ("close", 1002))
        case(f"a fragmented {name} within a message", [BEGUN, frame(kind, b"ab", fin=False)],
             ("close", 1002))
    pings = [frame(PING, b"%d" % at) for at in range(10)]
    good("ten pings", pings, *[("pong", b"%d" % at) for at in range(10)])
    good("a pong before a ping", [frame(PONG, b"a"), frame(PING, b"b")], ("pong", b"b"))
    good("a ping between messages", [frame(TEXT, b"a"), frame(PING, b"b"), frame(TEXT, b"c")],
         ("text", b"a"), ("pong", b"b"), ("text", b"c"))


def reserved_bits():
    for name, kind in ALL.items():
        for rsv in range(1, 8):
            before = [BEGUN] if kind == CONTINUATION else []
            case(f"{name} with the reserved bits {rsv:03b}", [*before, frame(kind, b"", rsv=rsv)],
                 ("close", 1002))
    case("a reserved bit after a message", [frame(TEXT, b"a"), frame(TEXT, b"b", rsv=4)],
         ("text", b"a"), ("close", 1002))


def unknown_kinds():
    for kind in UNKNOWN:
        case(f"the unknown kind {kind}", frame(kind), ("close", 1002))
        case(f"the unknown kind {kind} with content", frame(kind, b"abc"), ("close", 1002))
        case(f"the unknown kind {kind} within a message", [BEGUN, frame(kind), ENDED],
             ("close", 1002))


def masks():
    for name, kind in ALL.items():
        before = [BEGUN] if kind == CONTINUATION else []
        case(f"{name} without a mask", [*before, frame(kind, mask=None)], ("close", 1002))
    good("a mask of zeros", frame(TEXT, b"plain", mask=b"\0\0\0\0"), ("text", b"plain"))
    good("a mask of ones", frame(TEXT, b"plain", mask=b"\xff\xff\xff\xff"), ("text", b"plain"))


def fragments():
    whole = b"Hello in fragments"
    for name, kind in DATA.items():
        for size in (1, 2, 7, 17):
            good(f"{name} in fragments of {size} bytes", pieces(kind, whole, size), (name, whole))
        empty = [frame(kind, fin=False), frame(CONTINUATION, fin=False), frame(CONTINUATION)]
        good(f"{name} of empty fragments", empty, (name, b""))
        good(f"{name}, empty but in the middle",
             [frame(kind, fin=False), frame(CONTINUATION, b"mid", fin=False), frame(CONTINUATION)],
             (name, b"mid"))
        good(f"{name} of ten thousand empty fragments",
             [frame(kind, b"a", fin=False), frame(CONTINUATION, fin=False) * 10_000,
              frame(CONTINUATION, b"b")], (name, b"ab"))
        case(f"{name} within {name}", [frame(kind, b"a", fin=False), frame(kind, b"b")],
             ("close", 1002))
        case(f"{name} fragmented within {name}",
             [frame(kind, b"a", fin=False), frame(kind, b"b", fin=False)], ("close", 1002))
    good("pings between fragments",
         [BEGUN, frame(PING, b"1"), frame(CONTINUATION, b" on", fin=False), frame(PING, b"2"), ENDED],
         ("pong", b"1"), ("pong", b"2"), ("text", b"begun on ended"))
    good("a pong between fragments", [BEGUN, frame(PONG), ENDED], ("text", b"begun ended"))
    case("a close between fragments", [BEGUN, close(1000), ENDED], ("close", 1000))
    case("binary within text", [BEGUN, frame(BINARY, b"b")], ("close", 1002))
    for fin in (True, False):
        case(f"a continuation of nothing, {fin=}", frame(CONTINUATION, b"a", fin=fin),
             ("close", 1002))
        case(f"a continuation after a whole message, {fin=}",
             [frame(TEXT, b"a"), frame(CONTINUATION, b"b", fin=fin)], ("text", b"a"),
             ("close", 1002))
        case(f"a continuation after a fragmented message, {fin=}",
             [BEGUN, ENDED, frame(CONTINUATION, b"b", fin=fin)], ("text", b"begun ended"),
             ("close", 1002))


def texts():
    for name, content in GOOD_TEXT.items():
        around = b"before " + content + b" after"
        good(f"UTF-8: {name}", frame(TEXT, content), ("text", content))
        good(f"UTF-8: {name}, among others, cut after each byte", pieces(TEXT, around, 1),
             ("text", around))
    for name, content in BAD_TEXT.items():
        around = "vor ä ".encode() + content + b" after"
        case(f"no UTF-8: {name}", frame(TEXT, content), ("close", 1007))
        case(f"no UTF-8: {name}, cut after each byte", pieces(TEXT, around, 1), ("close", 1007))
        # The message is not whole, and its frame neither.
        case(f"no UTF-8, told at once: {name}", frame(TEXT, around, fin=False, size=60_000),
             ("close", 1007))
        good(f"no UTF-8, but binary: {name}", frame(BINARY, content), ("binary", content))
        case(f"a close whose reason is no UTF-8: {name}", close(1000, content), ("close", 1007))
    for name, content in CUT_TEXT.items():
        case(f"UTF-8 that ends early: {name}", frame(TEXT, content), ("close", 1007))
        case(f"UTF-8 that ends early, in a last fragment: {name}",
             [BEGUN, frame(CONTINUATION, content)], ("close", 1007))
        case(f"UTF-8 that ends early, in an empty last fragment: {name}",
             [BEGUN, frame(CONTINUATION, content, fin=False), frame(CONTINUATION)], ("close", 1007))
        case(f"UTF-8 that ends early, in a close: {name}", close(1000, content), ("close", 1007))
    good("a character cut by a ping",
         [frame(TEXT, b"\xf0\x9f", fin=False), frame(PING), frame(CONTINUATION, b"\x99\x82")],
         ("pong", b""), ("text", "🙂".encode()))
    good("a character begun in one message does not end in the next",
         [frame(TEXT, "ä".encode()), frame(TEXT, "ö".encode())],
         ("text", "ä".encode()), ("text", "ö".encode()))


def closes():
    case("a close without a code", close(), ("close", None))
    case("a close of one byte", frame(CLOSE, b"\x03"), ("close", 1002))
    for code in GOOD_CODES:
        case(f"a close with the code {code}", close(code), ("close", code))
        case(f"a close with the code {code} and a reason", close(code, "weil's so ist: ä".encode()),
             ("close", code))
    for code in BAD_CODES:
        case(f"a close with the code {code}", close(code), ("close", 1002))
        case(f"a close with the code {code} and a reason", close(code, b"why"), ("close", 1002))
    case("a close with the longest reason", close(1000, b"*" * 123), ("close", 1000))
    case("a close with a reason that is too long", frame(CLOSE, b"\x03\xe8" + b"*" * 124),
         ("close", 1002))
    case("a message after the close", [close(1000), frame(TEXT, b"late")], ("close", 1000))
    case("a ping after the close", [close(1000), frame(PING, b"late")], ("close", 1000))
    case("two closes", [close(1000), close(1001)], ("close", 1000))
    case("what is no frame after the close", [close(1000), b"\xff" * 100], ("close", 1000))
    case("a close after a text", [frame(TEXT, b"a"), close(4000)], ("text", b"a"), ("close", 4000))


for group in (sizes, controls, reserved_bits, unknown_kinds, masks, fragments, texts, closes):
    group()


def talk(address, send, expected):
    with Wire(address) as wire:
        assert wire.status == 101
        send(wire)
        assert wire.receive_all() == expected
        assert wire.at_end()


@pytest.mark.parametrize("name", CASES)
def test_frames_are_answered_as_the_rfc_says(address, name):
    sent, expected = CASES[name]

    talk(address, lambda wire: wire.send(*sent), expected)


@pytest.mark.parametrize("name", [name for name, (sent, _) in CASES.items()
                                  if sum(map(len, sent)) < 150])
def test_frames_may_arrive_byte_by_byte(address, name):
    sent, expected = CASES[name]

    talk(address, lambda wire: wire.send_bytewise(b"".join(sent)), expected)


def test_there_are_enough_cases():
    assert len(CASES) >= 200
