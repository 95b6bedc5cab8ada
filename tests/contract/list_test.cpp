#include "tests/contract/fixture.hpp"

#include <algorithm>
#include <random>

using namespace botcore;

namespace {

/// The expected list for a query, without its limit and cursor: filtered and sorted in memory.
std::vector<message> listed(const std::vector<message>& all, const message_query& query)
{
    const auto& filter = query.filter;
    std::vector<message> matching;
    for (const auto& candidate : all) {
        const auto [from, to] = ends_of(candidate.way);
        const bool matches = (!filter.conversation || *filter.conversation == candidate.conversation
                             ) &&
                             (!filter.bot || *filter.bot == candidate.way.bot) &&
                             (!filter.client || *filter.client == candidate.way.client) &&
                             (!filter.since || *filter.since <= candidate.stamp.at()) &&
                             (!filter.until || candidate.stamp.at() < *filter.until) &&
                             (!filter.from || *filter.from == from) &&
                             (!filter.to || *filter.to == to) &&
                             (!filter.way || *filter.way == candidate.way.way) &&
                             (!query.seq_max || candidate.seq <= *query.seq_max);
        if (matches)
            matching.push_back(candidate);
    }
    std::ranges::sort(matching, {}, [&](const message& one) { return key_in(filter, one); });
    if (query.order == sort_order::descending)
        std::ranges::reverse(matching);
    return matching;
}

/// How many messages of `side`, which is in reading order, fit on the query's page.
std::ptrdiff_t page_length(const std::vector<message>& side, const message_query& query)
{
    std::size_t count = 0;
    std::size_t size = 0;
    while (count < std::min(side.size(), query.limit) &&
           !(query.size_max && size >= *query.size_max)) {
        const auto& one = side[count++];
        size += one.content.text.size() + one.content.metadata.value_or("").size();
    }
    return static_cast<std::ptrdiff_t>(count);
}

struct list_contract : storage_contract {
    std::mt19937_64 random{42};
    std::vector<message> all;

    static constexpr std::uint64_t conversation_count = 4;

    list_contract()
    {
        const std::vector<std::string> stamps{
            "2018-11-16T23:30:52Z",
            "2018-11-16T23:30:52.000+01:00",
            "2018-11-16T22:30:52Z",
            "2018-11-16T23:30:52.000000001Z",
            "1678-01-01T00:00:00Z",
            "2262-04-11T23:47:16.854775807Z",
        };
        for (int batch = 0; batch < 8; ++batch) {
            std::vector<message_spec> some;
            for (int number = 0; number < 40; ++number) {
                const auto ends = pick_ends();
                some.push_back(
                    {.in = id_of<conversation_id>(300 + random() % conversation_count),
                     .from = ends.from,
                     .to = ends.to,
                     .text = std::string(random() % 40, 'x') + std::to_string(batch * 40 + number),
                     .at = stamps[random() % stamps.size()],
                     .metadata = is_likely(3) ? std::optional{R"({"n":1})"} : std::nullopt}
                );
            }
            const auto done = append(submission_of(some));
            REQUIRE(done);
            for (const auto& one : *done)
                all.push_back(one.stored);
        }
    }

    ends pick_ends()
    {
        const std::vector<participant_id> participants{as_aureo, as_bela, ana, bruno};
        for (;;) {
            const ends one{
                participants[random() % participants.size()],
                participants[random() % participants.size()]};
            if (one.from != one.to && (one.from < ana || one.to < ana))
                return one;
        }
    }

    bool is_likely(unsigned odds) { return random() % odds == 0; }

    const message& any() { return all[random() % all.size()]; }

    message_query random_query()
    {
        message_query query;
        auto& filter = query.filter;
        while (!filter.conversation && !filter.bot && !filter.client) {
            if (is_likely(2))
                filter.conversation = any().conversation;
            if (is_likely(3))
                filter.bot = any().way.bot;
            if (is_likely(3))
                filter.client = any().way.client;
        }
        if (is_likely(4))
            filter.since = any().stamp.at();
        if (is_likely(4))
            filter.until = any().stamp.at();
        if (is_likely(4))
            filter.from = ends_of(any().way).from;
        if (is_likely(4))
            filter.to = ends_of(any().way).to;
        if (is_likely(4))
            filter.way = any().way.way;
        if (is_likely(2))
            query.order = sort_order::descending;
        if (filter.conversation && is_likely(3))
            query.seq_max = random() % 100;
        const std::size_t limits[] = {1, 2, 3, 10, 50, 1000};
        query.limit = limits[random() % 6];
        if (is_likely(3))
            query.size_max = 1 + random() % 200;
        return query;
    }

    message_page read(const message_query& query)
    {
        const auto page = messages.list(query, soon());
        REQUIRE(page);
        REQUIRE(page->items.size() <= query.limit);
        return *page;
    }

    /// Reads every page from the first to the last, and back again.
    void check_walk(message_query query)
    {
        const auto expected = listed(all, query);
        std::vector<message> forwards;
        message_page page = read(query);
        CHECK_FALSE(page.previous);
        for (;;) {
            forwards.insert(forwards.end(), page.items.begin(), page.items.end());
            REQUIRE(page.next.has_value() == (forwards.size() < expected.size()));
            if (!page.next)
                break;
            query.from = page.next;
            page = read(query);
            REQUIRE(page.previous);
        }
        REQUIRE(forwards == expected);

        std::vector<message> backwards = page.items;
        while (page.previous) {
            query.from = page.previous;
            page = read(query);
            if (page.items.empty())
                break;
            REQUIRE(page.next);
            backwards.insert(backwards.begin(), page.items.begin(), page.items.end());
        }
        REQUIRE(backwards == expected);
    }
};

}  // namespace

TEST_CASE_METHOD(list_contract, "list: any query equals a filter in memory", "[list]")
{
    for (int round = 0; round < 300; ++round) {
        const auto query = random_query();
        CAPTURE(round, query.limit);
        check_walk(query);
    }
}

TEST_CASE_METHOD(
    list_contract,
    "list: any key works as a cursor, even if no message has it",
    "[list]"
)
{
    for (int round = 0; round < 200; ++round) {
        auto query = random_query();
        const auto expected = listed(all, query);
        message_key key{any().stamp.at(), random() % 400};
        if (is_likely(2))
            key = key_in(query.filter, any());
        const bool backwards = is_likely(2);
        query.from = cursor<message_key>{key, backwards};

        const auto page = read(query);

        const bool descending = query.order == sort_order::descending;
        std::vector<message> side;
        for (const auto& one : expected) {
            const auto here = key_in(query.filter, one);
            if (backwards == descending ? here > key : here < key)
                side.push_back(one);
        }
        if (backwards)
            std::ranges::reverse(side);
        std::vector<message> expected_page{side.begin(), side.begin() + page_length(side, query)};
        if (backwards)
            std::ranges::reverse(expected_page);
        CAPTURE(round);
        REQUIRE(page.items == expected_page);
    }
}

TEST_CASE_METHOD(list_contract, "list: pages with seq_max don't show later messages", "[list]")
{
    const auto of = id_of<conversation_id>(300);
    message_query query{.filter = {.conversation = of}, .limit = 7};
    query.seq_max = version(query.filter);
    const auto expected = listed(all, query);

    std::vector<message> read_messages;
    for (;;) {
        const auto page = read(query);
        read_messages.insert(read_messages.end(), page.items.begin(), page.items.end());
        store({.in = of, .from = as_aureo, .to = ana, .at = "2018-11-16T23:30:52Z"});
        if (!page.next)
            break;
        query.from = page.next;
    }

    CHECK(read_messages == expected);
}

TEST_CASE_METHOD(list_contract, "list: a filter without matches is empty", "[list]")
{
    CHECK(list({.filter = {.conversation = id_of<conversation_id>(999)}}).empty());
    CHECK(list({.filter = {.bot = id_of<bot_id>(999)}}).empty());
    CHECK(list({.filter = {.client = id_of<client_id>(999)}}).empty());
    const auto at = stamp_of("2018-11-16T23:30:52Z").at();
    CHECK(list({.filter = {.bot = aureo, .since = at, .until = at}}).empty());
    CHECK(list({.filter = {.conversation = all[0].conversation}, .seq_max = 0}).empty());
    message_query query{.filter = {.bot = aureo}};
    query.from = cursor<message_key>{{instant::max(), INT64_MAX}, false};
    const auto page = read(query);
    CHECK(page.items.empty());
    CHECK_FALSE(page.next);
    CHECK_FALSE(page.previous);
}

TEST_CASE_METHOD(list_contract, "list: the largest sequence number is no limit", "[list]")
{
    message_query query{.filter = {.conversation = all[0].conversation}};
    query.seq_max = UINT64_MAX;

    CHECK(list(query) == listed(all, query));
}
