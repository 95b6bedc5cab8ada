"""NDJSON while it still arrives: reports come back at once, in constant memory."""

import json
import re
import threading
from pathlib import Path

import pytest

from kit.api import Api, Talk, new_id
from kit.raw import Raw
from kit.server import SANITIZER_REPORT
from kit.wait import eventually

HEAD = ("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        "Transfer-Encoding: chunked\r\n\r\n")


def line_of(message):
    return json.dumps(message).encode() + b"\n"


def test_reports_arrive_while_the_request_is_still_being_sent(server, talk):
    with Raw(server) as raw:
        raw.send(HEAD)
        raw.send_chunk(line_of(talk.message("0")))
        answer = raw.head()
        assert answer.status_code == 200
        assert answer.header("transfer-encoding").lower() == "chunked"
        reply = raw.lines()
        for number in range(1, 30):
            report = json.loads(next(reply))
            assert (report["line"], report["status"]) == (number, 201)
            assert len(talk.listed()) == number, "what is reported is stored"
            raw.send_chunk(line_of(talk.message(f"{number}")))
        raw.send("0\r\n\r\n")
        assert [json.loads(line)["line"] for line in reply] == [30]
        raw.ask("GET", f"/bots/{talk.bot}")
        assert raw.answer().status_code == 200, "the connection can be used again"


def test_lines_may_be_split_across_chunks(server, talk):
    body = b"".join(line_of(talk.message(f"{number}")) for number in range(40))
    with Raw(server) as raw:
        raw.send(HEAD)
        for at in range(0, len(body), 97):
            raw.send_chunk(body[at:at + 97])
        raw.send("0\r\n\r\n")
        answer = raw.answer()

    assert [json.loads(line)["status"] for line in answer.content.splitlines()] == [201] * 40
    assert [one["text"] for one in talk.listed()] == [f"{number}" for number in range(40)]


def test_reported_lines_are_stored_even_if_the_client_breaks_off(server, talk):
    sent = [talk.message(f"{number}", id=new_id()) for number in range(20)]
    with Raw(server) as raw:
        raw.send(HEAD)
        for message in sent:
            raw.send_chunk(line_of(message))
        raw.send_chunk(line_of(talk.message("half"))[:40])
        raw.head()
        reply = raw.lines()
        acknowledged = [json.loads(next(reply))["id"] for _ in range(20)]

    assert acknowledged == [message["id"] for message in sent]
    assert [one["id"] for one in talk.listed()] == acknowledged


def test_a_request_with_a_length_may_break_off_too(server, talk):
    with Raw(server) as raw:
        line = line_of(talk.message("whole"))
        raw.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                 f"Content-Length: {len(line) + 100}\r\n\r\n", line, '{"half')

    eventually(lambda: len(talk.listed()) in (0, 1), "nothing half is stored")
    assert [one["text"] for one in talk.listed()] in ([], ["whole"])


def stream(server, lines):
    """Sends all lines while reading the reports, as a good client does. Returns the reports."""
    with Raw(server, timeout=60) as raw:
        raw.send(HEAD)

        def send():
            pending = b""
            for line in lines:
                pending += line
                if len(pending) > 60_000:
                    raw.send_chunk(pending)
                    pending = b""
            if pending:
                raw.send_chunk(pending)
            raw.send("0\r\n\r\n")

        sending = threading.Thread(target=send)
        sending.start()
        assert raw.head().status_code == 200
        reply = [json.loads(line) for line in raw.lines()]
        sending.join()
    return reply


def test_twenty_thousand_lines_are_imported(start_server):
    server = start_server()
    with Api(server) as api:
        talk = Talk(api)
        sent = [talk.message(f"Message {number}", id=new_id()) for number in range(20_000)]
        for number in range(0, 20_000, 1000):
            sent[number]["text"] = ""

        reply = stream(server, map(line_of, sent))

        assert [report["line"] for report in reply] == list(range(1, 20_001))
        good = [number for number in range(20_000) if number % 1000]
        assert all(reply[number]["id"] == sent[number]["id"] for number in good)
        assert {reply[number]["status"] for number in good} == {201}
        assert {reply[number]["status"] for number in range(0, 20_000, 1000)} == {400}
        conversation = api.get(f"/conversations/{talk.conversation}").json()
        assert conversation["messageCount"] == len(good)
        assert [one["id"] for one in talk.listed()] == [sent[number]["id"] for number in good]


def peak_memory(server):
    """The most memory the process ever had, in bytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def is_sanitized(server):
    maps = Path(f"/proc/{server.process.pid}/maps").read_text()
    return bool(SANITIZER_REPORT.search(maps)) or re.search(r"lib[at]san", maps) is not None


def test_an_import_and_a_list_take_constant_memory(start_server):
    server = start_server()
    if is_sanitized(server):
        pytest.skip("sanitizers keep freed memory")
    with Api(server) as api:
        talk = Talk(api)
        count = 2500  # Of 60 kB each: 150 MB.
        stream(server, (line_of(talk.message("x" * 60_000)) for _ in range(50)))
        before = peak_memory(server)

        reply = stream(server, (line_of(talk.message("x" * 60_000)) for _ in range(count - 50)))
        assert {report["status"] for report in reply} == {201}
        assert peak_memory(server) - before < 75_000_000, "an import is not held in memory"

        for coding in ("identity", "gzip"):
            size = 0
            before = peak_memory(server)
            with api.stream("GET", "/messages", params={"conversationId": talk.conversation},
                            headers={"Accept-Encoding": coding}) as answer:
                for part in answer.iter_bytes():
                    size += len(part)
            assert size > count * 60_000
            assert peak_memory(server) - before < 75_000_000, "a list is not held in memory"
