"""GET /bots and GET /bots/:id."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from kit.api import assert_problem, links, new_id


def test_an_unknown_bot_is_not_found(api):
    unknown = new_id()

    problem = assert_problem(api.get(f"/bots/{unknown}"), 404)

    assert problem["instance"].endswith(f"/bots/{unknown}")


@pytest.mark.parametrize("bad", [
    "1", "x", "36b9f842ee9711e894430242ac120002", "%7B36b9f842-ee97-11e8-9443-0242ac120002%7D",
    "36b9f842-ee97-11e8-9443-0242ac12000g", "36b9f842-ee97-11e8-9443-0242ac120002%00", "null",
    "..%2f..%2fetc", "%20", "36b9f842-ee97-11e8-9443-0242ac120002'--",
])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_malformed_id_in_the_path_is_refused(api, method, bad):
    body = {"json": {"name": "Aureo"}} if method in ("PUT", "PATCH") else {}

    assert_problem(api.request(method, f"/bots/{bad}", **body), 400)


def test_an_upper_case_id_in_the_path_is_the_same_bot(api):
    bot = api.new_bot()

    assert api.get(f"/bots/{bot.upper()}").json() == {"id": bot, "name": "Aureo"}


def test_an_encoded_id_in_the_path_is_the_same_bot(api):
    bot = api.new_bot()
    encoded = "".join(f"%{ord(letter):02x}" for letter in bot)

    assert api.get(f"/bots/{encoded}").json()["id"] == bot


def test_parameters_of_a_single_bot_are_refused(api):
    assert_problem(api.get(f"/bots/{api.new_bot()}?fields=name"), 400, naming="fields")


def test_an_empty_list_is_an_empty_array(fresh):
    answer = fresh.get("/bots")

    assert (answer.status_code, answer.json()) == (200, [])
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    assert "next" not in links(answer)


def test_bots_are_listed_in_the_order_of_their_ids_page_by_page(fresh):
    bots = sorted(fresh.new_bot(f"Bot {number}") for number in range(23))
    removed = bots.pop(11)
    fresh.delete(f"/bots/{removed}")

    whole, _ = fresh.walk(fresh.get("/bots"))
    assert [bot["id"] for page in whole for bot in page] == bots
    assert all(set(bot) == {"id", "name"} for page in whole for bot in page)

    for limit in (1, 7, 11, 22, 1000):
        pages, last = fresh.walk(fresh.get("/bots", params={"limit": limit}))
        assert [bot["id"] for page in pages for bot in page] == bots
        assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
        assert len(pages) == -(-len(bots) // limit), "there is no next page after the last bot"

        back, start = fresh.walk(last, "prev")
        assert [bot["id"] for page in reversed(back) for bot in page] == bots
        assert "prev" not in links(start)


def test_first_leads_back_to_the_first_page(fresh):
    for _ in range(5):
        fresh.new_bot()
    first = fresh.get("/bots?limit=2")
    second = fresh.get(links(first)["next"])

    assert "prev" not in links(first)
    assert fresh.get(links(second)["first"]).json() == first.json()


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "abc", "", "1.5", "1e2", "0x10", " 5",
                                   "99999999999999999999999"])
def test_a_bad_limit_is_refused(api, limit):
    assert_problem(api.get("/bots", params={"limit": limit}), 400, naming="limit")


@pytest.mark.parametrize("query", ["name=Aureo", "Limit=5", "limit=5&page=2", "=1"])
def test_unknown_parameters_are_named(api, query):
    unknown = query.split("&")[-1].split("=")[0]

    assert_problem(api.get(f"/bots?{query}"), 400, naming=unknown)


def test_a_repeated_parameter_is_refused(api):
    assert_problem(api.get("/bots?limit=5&limit=5"), 400, naming="limit")


def test_a_cursor_of_another_list_is_refused(api, talk):
    for _ in range(3):
        talk.say()
    answer = api.get("/messages", params={"conversationId": talk.conversation, "limit": 1})
    query = dict(parse_qsl(urlsplit(links(answer)["next"]).query))
    cursor = {name: text for name, text in query.items() if name not in ("conversationId", "limit")}

    assert len(cursor) == 1
    assert_problem(api.get("/bots", params=cursor), 400, naming=list(cursor))
