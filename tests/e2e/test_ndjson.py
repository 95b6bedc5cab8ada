"""POST /messages with NDJSON: independent lines, and a report line for each."""

import json

import pytest

from kit.api import NDJSON, UUID, Talk, assert_problem, new_id


def lines_of(items):
    return "".join(json.dumps(item) + "\n" for item in items)


def send(api, body, **headers):
    content = body.encode() if isinstance(body, str) else body
    return api.post("/messages", content=content, headers=NDJSON | headers)


def reports(answer):
    """The report lines of an answer, after a look at the answer itself."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].split(";")[0] == "application/x-ndjson"
    assert not answer.content or answer.content.endswith(b"\n")
    return [json.loads(line) for line in answer.content.splitlines()]


def assert_stored(report, line, message_id=None):
    assert (report["line"], report["status"]) == (line, 201), report
    assert UUID.fullmatch(report["id"])
    assert message_id in (None, report["id"])
    assert "problem" not in report


def assert_refused(report, line, status, kind=None, at=None):
    assert (report["line"], report["status"]) == (line, status), report
    problem = report["problem"]
    assert problem["status"] == status
    assert problem["type"].startswith("/problems/") and problem["title"] and problem["detail"]
    assert kind is None or problem["type"] == f"/problems/{kind}"
    if at is not None:
        assert [part["pointer"] for part in problem["errors"]] == [at]


def test_every_line_is_a_message(api, talk):
    answer = send(api, lines_of(talk.message(f"{number}") for number in range(20)))

    reply = reports(answer)
    for number, report in enumerate(reply, 1):
        assert_stored(report, number)
    stored = talk.listed()
    assert [one["text"] for one in stored] == [f"{number}" for number in range(20)]
    assert [one["id"] for one in stored] == [report["id"] for report in reply]


def test_a_faulty_line_does_not_affect_others(api, talk):
    good = [talk.message(f"{number}", id=new_id()) for number in range(5)]
    body = "\n".join([
        json.dumps(good[0]),
        "{",
        json.dumps(talk.message("", timestamp="2020-01-01T00:00:00Z")),
        json.dumps(good[1]),
        json.dumps(talk.message("nobody") | {"from": new_id()}),
        json.dumps(good[2]),
        json.dumps([good[3]]),
        json.dumps(talk.message("other", id=good[0]["id"])),
        '{"text":"\\ud800"}',
        json.dumps(good[3]),
        json.dumps(talk.message("self") | {"to": talk.bot}),
        json.dumps(talk.message("new", colour="red")),
        "null",
        json.dumps(good[4]),
    ]) + "\n"

    reply = reports(send(api, body))

    assert len(reply) == 14
    assert_stored(reply[0], 1, good[0]["id"])
    assert_refused(reply[1], 2, 400, "malformed-json")
    assert_refused(reply[2], 3, 400, "invalid-field", "/text")
    assert_stored(reply[3], 4, good[1]["id"])
    assert_refused(reply[4], 5, 422, "unknown-bot")
    assert_stored(reply[5], 6, good[2]["id"])
    assert_refused(reply[6], 7, 400)
    assert_refused(reply[7], 8, 409)
    assert_refused(reply[8], 9, 400)
    assert_stored(reply[9], 10, good[3]["id"])
    assert_refused(reply[10], 11, 422)
    assert_refused(reply[11], 12, 400, at="/colour")
    assert_refused(reply[12], 13, 400)
    assert_stored(reply[13], 14, good[4]["id"])
    assert [one["id"] for one in talk.listed()] == [one["id"] for one in good]


def test_invalid_utf_8_fails_its_own_line_only(api, talk):
    good = json.dumps(talk.message()).encode()

    reply = reports(send(api, good + b"\n" + good.replace(b"Oi", b"\xff") + b"\n" + good + b"\n"))

    assert_stored(reply[0], 1)
    assert_refused(reply[1], 2, 400)
    assert_stored(reply[2], 3)


def test_the_last_line_needs_no_end(api, talk):
    reply = reports(send(api, lines_of([talk.message("1"), talk.message("2")]).rstrip("\n")))

    assert [report["status"] for report in reply] == [201, 201]
    assert len(talk.listed()) == 2


def test_lines_may_end_with_crlf(api, talk):
    body = lines_of([talk.message("1"), talk.message("2\r")]).replace("\n", "\r\n")

    assert [report["status"] for report in reports(send(api, body))] == [201, 201]
    assert [one["text"] for one in talk.listed()] == ["1", "2\r"]


@pytest.mark.parametrize("blank", ["", " ", "\r", "\t "])
def test_blank_lines_are_skipped(api, talk, blank):
    good = [json.dumps(talk.message(f"{number}")) for number in (1, 2)]

    reply = reports(send(api, f"{good[0]}\n{blank}\n{good[1]}\n{blank}\n"))

    stored = [report for report in reply if report["status"] == 201]
    assert [report["line"] for report in stored] == [1, 3], "lines are counted as they stand"
    assert all(report["status"] == 400 for report in reply if report not in stored)
    assert [report["line"] for report in reply] == sorted({report["line"] for report in reply})
    assert [one["text"] for one in talk.listed()] == ["1", "2"]


def test_an_empty_import_does_no_harm(api):
    answer = send(api, "")

    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert reports(answer) == []


def test_ids_and_times_are_kept(api, talk):
    sent = [talk.message(f"{number}", id=new_id().upper(), metadata={"n": number},
                         timestamp=f"2018-11-16T23:30:52.{number:07}+01:00") for number in range(9)]

    reply = reports(send(api, lines_of(sent)))

    for number, report in enumerate(reply):
        assert_stored(report, number + 1, sent[number]["id"].lower())
    assert talk.listed() == [one | {"id": one["id"].lower()} for one in sent]


def test_a_repeated_import_stores_nothing_twice(api, talk):
    sent = [talk.message(f"{number}", id=new_id()) for number in range(100)]
    first = reports(send(api, lines_of(sent[:60])))
    stored = talk.listed()

    again = reports(send(api, lines_of(sent)))

    assert [report["id"] for report in again[:60]] == [report["id"] for report in first]
    assert [report["status"] for report in again] == [201] * 100
    assert talk.listed()[:60] == stored
    assert [one["id"] for one in talk.listed()] == [one["id"] for one in sent]


def test_one_id_twice_in_an_import_is_stored_once(api, talk):
    sent = talk.message(id=new_id())

    reply = reports(send(api, lines_of([sent, sent, sent | {"text": "Other"}, sent])))

    assert [report["status"] for report in reply] == [201, 201, 409, 201]
    assert len(talk.listed()) == 1


def test_a_line_has_the_limits_of_a_body(api, talk):
    good = json.dumps(talk.message())
    body = f"{good}{' ' * (1_048_576 - len(good))}\n{good}{' ' * 1_048_576}\n{good}\n"

    reply = reports(send(api, body))

    assert_stored(reply[0], 1)
    assert (reply[1]["line"], reply[1]["status"]) == (2, 413), reply[1]
    assert_refused(reply[1], 2, 413)
    assert_stored(reply[2], 3)
    assert len(talk.listed()) == 2


def test_an_endless_line_is_refused_and_the_next_one_is_read(api, talk):
    good = json.dumps(talk.message())

    reply = reports(send(api, f"{'x' * 8_000_000}\n{good}\n"))

    assert_refused(reply[0], 1, 413)
    assert_stored(reply[1], 2)


def test_an_import_may_be_larger_than_any_body(api, talk):
    sent = [talk.message("x" * 60_000) for _ in range(60)]

    reply = reports(send(api, lines_of(sent)))

    assert [report["status"] for report in reply] == [201] * 60
    assert len(talk.listed()) == 60


def test_an_import_keeps_metadata_as_it_was_sent(api, talk):
    metadata = '{ "b" : 1E400,"a":[1.0 ,-0] }'
    body = json.dumps(talk.message(metadata="@")).replace('"@"', metadata)

    reports(send(api, body))

    answer = api.get("/messages", params={"conversationId": talk.conversation})
    assert metadata in answer.text


def test_an_import_may_have_many_conversations(api):
    talks = [Talk(api) for _ in range(7)]
    sent = [talks[number % 7].message(f"{number}") for number in range(700)]

    reply = reports(send(api, lines_of(sent)))

    ids = [report["id"] for report in reply]
    for number, talk in enumerate(talks):
        assert [one["id"] for one in talk.listed()] == ids[number::7]


@pytest.mark.parametrize("accept", ["*/*", "application/x-ndjson", "application/*"])
def test_a_report_may_be_accepted_in_many_ways(api, talk, accept):
    answer = send(api, lines_of([talk.message()]), Accept=accept)

    assert [report["status"] for report in reports(answer)] == [201]


def test_a_client_that_accepts_no_report_imports_nothing(api, talk):
    assert_problem(send(api, lines_of([talk.message()]), Accept="text/html"), 406)
    assert talk.listed() == []


def test_parameters_are_refused(api, talk):
    answer = api.post("/messages?dryRun=1", content=lines_of([talk.message()]), headers=NDJSON)

    assert_problem(answer, 400, naming="dryRun")
    assert talk.listed() == []


def test_bots_are_not_imported(api):
    answer = api.post("/bots", content=b'{"name":"Aureo"}\n', headers=NDJSON)

    assert_problem(answer, 415)


@pytest.mark.parametrize("kind", ["application/ndjson", "application/jsonl",
                                  "application/x-jsonlines", "Application/JSONL; charset=utf8"])
def test_lines_have_many_names(talk, kind):
    name = kind.split(";")[0].lower()
    body = lines_of([talk.message("one"), talk.message("two")])
    answer = talk.api.post("/messages", content=body,
                           headers={"Content-Type": kind, "Accept": name})

    assert [json.loads(line)["status"] for line in answer.content.splitlines()] == [201, 201]
    assert answer.headers["content-type"] == name
    for more in ("", "&after=start", "&limit=1"):
        listed = talk.api.get(f"/messages?conversationId={talk.conversation}{more}",
                              headers={"Accept": name})
        assert listed.headers["content-type"] == name
        assert json.loads(listed.content.splitlines()[0])["text"] == "one"


@pytest.mark.parametrize("charset", ["utf8", "UTF8", '"utf8"', "utf-8", '"UTF-8"'])
def test_utf8_is_spelled_in_many_ways(talk, charset):
    for kind in ("application/json", "application/x-ndjson"):
        answer = talk.api.post("/messages", content=json.dumps(talk.message()),
                               headers={"Content-Type": f"{kind}; charset={charset}"})
        assert answer.status_code in (200, 201)
    assert len(talk.listed()) == 2


@pytest.mark.parametrize("charset", ["utf-16", "latin1", "us-ascii", "utf", ""])
def test_another_charset_is_refused_with_a_reason(talk, charset):
    for kind in ("application/json", "application/x-ndjson"):
        answer = talk.api.post("/messages", content=json.dumps(talk.message()),
                               headers={"Content-Type": f"{kind}; charset={charset}"})
        assert_problem(answer, 415, naming="UTF-8")
