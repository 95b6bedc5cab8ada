#include "tests/contract/fixture.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace botcore;

TEST_CASE_METHOD(
    storage_contract,
    "conversations: a conversation without messages does not exist",
    "[conversations]"
)
{
    CHECK_FALSE(find(talk));
    const auto answer = conversations.find({}, {}, soon());
    REQUIRE(answer);
    CHECK(answer->empty());
    const auto listed = conversations.list({.filter = {.bot = aureo}}, soon());
    REQUIRE(listed);
    CHECK(listed->items.empty());
}

TEST_CASE_METHOD(
    storage_contract,
    "conversations: the first and the last message follow list order",
    "[conversations]"
)
{
    const auto late = store(
        {.in = talk, .from = as_bela, .to = bruno, .text = "late", .at = "2020-01-01T00:00:00Z"}
    );
    store({.in = talk, .from = as_aureo, .to = ana, .at = "2010-01-01T00:00:00.00+01:00"});
    store({.in = talk, .from = ana, .to = as_aureo, .at = "2015-01-01T00:00:00Z"});
    const auto last = store(
        {.in = talk,
         .from = as_aureo,
         .to = bruno,
         .text = "last",
         .at = "2020-01-01T01:00:00+01:00",
         .metadata = "{}"}
    );

    const auto answer = find(talk);

    REQUIRE(answer);
    CHECK(answer->id == talk);
    CHECK(answer->state.last_seq == 4);
    CHECK(answer->first.text() == "2010-01-01T00:00:00.00+01:00");
    CHECK(answer->last == last);
    CHECK(answer->last.stamp.at() == late.stamp.at());
    CHECK(
        answer->participants ==
        std::vector<pairing>{
            {aureo, client_id{ana.value}},
            {aureo, client_id{bruno.value}},
            {bela, client_id{bruno.value}}}
    );
}

TEST_CASE_METHOD(
    storage_contract,
    "conversations: a lookup answers in the order of the ids",
    "[conversations]"
)
{
    store({.in = talk, .from = as_aureo, .to = ana});
    store({.in = other_talk, .from = as_bela, .to = bruno});
    const std::vector ids{other_talk, id_of<conversation_id>(99), talk, other_talk};

    const auto answer = conversations.find(ids, {}, soon());

    REQUIRE(answer);
    REQUIRE(answer->size() == 4);
    CHECK(answer->at(0)->id == other_talk);
    CHECK_FALSE(answer->at(1));
    CHECK(answer->at(2)->id == talk);
    CHECK(answer->at(3) == answer->at(0));
}

TEST_CASE_METHOD(
    storage_contract,
    "conversations: a list has the conversations of both participants, by id",
    "[conversations]"
)
{
    std::map<conversation_id, std::set<pairing>> pairings_by_id;
    std::vector<message_spec> all;
    const std::vector<participant_id> bots_there{as_aureo, as_bela};
    for (std::uint64_t number = 0; number < 60; ++number) {
        const auto in = id_of<conversation_id>(400 + number * 7 % 31);
        const auto& bot = bots_there[number % 2];
        const auto& client = number % 3 == 0 ? ana : bruno;
        all.push_back({.in = in, .from = bot, .to = client});
        pairings_by_id[in].insert({bot_id{bot.value}, client_id{client.value}});
    }
    REQUIRE(append(submission_of(all)));
    const auto filter = GENERATE_COPY(
        conversation_filter{.bot = aureo},
        conversation_filter{.client = client_id{ana.value}},
        conversation_filter{.bot = bela, .client = client_id{ana.value}},
        conversation_filter{.bot = bela, .client = client_id{bruno.value}}
    );
    const std::size_t limit = GENERATE(1U, 4U, 1000U);
    std::vector<conversation_id> expected;
    for (const auto& [id, pairings] : pairings_by_id) {
        const bool is_expected = std::ranges::any_of(pairings, [&](const pairing& one) {
            return (!filter.bot || *filter.bot == one.bot) &&
                   (!filter.client || *filter.client == one.client);
        });
        if (is_expected)
            expected.push_back(id);
    }

    std::vector<conversation_id> forwards;
    std::vector<conversation_id> backwards;
    conversation_query query{.filter = filter, .limit = limit};
    const auto read = [&] {
        const auto page = conversations.list(query, soon());
        REQUIRE(page);
        REQUIRE(page->items.size() <= limit);
        for (const auto& one : page->items)
            CHECK(find(one.id) == one);
        return *page;
    };
    auto page = read();
    for (;; page = read()) {
        for (const auto& one : page.items)
            forwards.push_back(one.id);
        if (!page.next)
            break;
        query.from = page.next;
    }
    for (const auto& one : page.items)
        backwards.push_back(one.id);
    while (page.previous) {
        query.from = page.previous;
        page = read();
        std::vector<conversation_id> some;
        for (const auto& one : page.items)
            some.push_back(one.id);
        backwards.insert(backwards.begin(), some.begin(), some.end());
    }

    CHECK(forwards == expected);
    CHECK(backwards == expected);
}
