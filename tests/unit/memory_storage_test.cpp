#include "tests/unit/fakes.hpp"

#include <botcore/memory/memory_storage.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

// The contract tests cover the promises of every storage. These tests cover those of this one.

namespace {

bot_name name_of(std::string_view text)
{
    return *bot_name::parse(text);
}

struct memory_fixture {
    memory_fixture() { CHECK(add(11, "Aureo")); }

    result<registered_bot> add(
        std::uint64_t number,
        std::string_view name,
        std::optional<receipt> receipt = std::nullopt
    )
    {
        const bot_registration added{id_of<bot_id>(number), name_of(name), receipt};
        return storage.bots().add(std::vector{added}, soon).front();
    }

    result<> remove(std::uint64_t number)
    {
        return storage.bots()
            .remove(std::vector<bot_removal>{{id_of<bot_id>(number)}}, soon)
            .front();
    }

    result<std::vector<appended>> append(submission request)
    {
        return storage.messages().append(std::vector{std::move(request)}, soon).front();
    }

    memory::memory_storage storage;
};

}  // namespace

TEST_CASE("memory_storage: a storage is neither copied nor moved")
{
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<memory::memory_storage>);
    STATIC_REQUIRE_FALSE(std::is_move_constructible_v<memory::memory_storage>);
    STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<memory::memory_storage>);
}

TEST_CASE("memory_storage: a new storage is ready and empty")
{
    memory::memory_storage storage;

    CHECK(storage.ready(soon));
    CHECK(storage.bots().list({}, soon)->items.empty());
}

TEST_CASE_METHOD(memory_fixture, "memory_storage: calls are answered whatever the deadline")
{
    const deadline past{};

    CHECK(storage.ready(past));
    CHECK(storage.bots().list({}, past)->items.size() == 1);
    CHECK(storage.messages().append(std::vector{submission_of({{}})}, past).front());
}

TEST_CASE("memory_storage: two storages share nothing")
{
    memory_fixture one;
    memory_fixture other;
    REQUIRE(one.append(submission_of({{}})));

    const auto found = other.storage.messages().find(std::vector{id_of<message_id>(1)}, soon);

    REQUIRE(found);
    CHECK_FALSE(found->front());
}

TEST_CASE_METHOD(memory_fixture, "memory_storage: removing and reviving a bot count as changes")
{
    REQUIRE(remove(11));
    const auto revived = add(11, "Aurea");
    REQUIRE(remove(11));
    const auto again = add(11, "Aurea");

    REQUIRE(revived);
    CHECK(revived->bot == bot{id_of<bot_id>(11), name_of("Aurea"), 3});
    REQUIRE(again);
    CHECK(again->bot.version == 5);
}

TEST_CASE_METHOD(
    memory_fixture,
    "memory_storage: a receipt answers with the bot as it was registered"
)
{
    const receipt kept{.key = uuid_of(7), .digest = 70};
    REQUIRE(add(12, "Bia", kept));
    REQUIRE(remove(12));

    const auto retry = add(99, "Bia", kept);

    REQUIRE(retry);
    CHECK(retry->replayed);
    CHECK(retry->bot == bot{id_of<bot_id>(12), name_of("Bia"), 1});
    CHECK_FALSE(storage.bots().find(std::vector{id_of<bot_id>(12)}, soon)->front());
    CHECK_FALSE(storage.bots().find(std::vector{id_of<bot_id>(99)}, soon)->front());
}

TEST_CASE_METHOD(memory_fixture, "memory_storage: a refused registration leaves its key free")
{
    const receipt kept{.key = uuid_of(7), .digest = 70};
    const auto refused = add(11, "Aureo", kept);
    const auto other = add(12, "Bia", receipt{.key = uuid_of(7), .digest = 71});

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::already_exists);
    CHECK(other);
}

TEST_CASE_METHOD(memory_fixture, "memory_storage: a cursor works after its item is gone")
{
    for (const std::uint64_t number : {12U, 13U, 14U, 15U})
        REQUIRE(add(number, "Bia"));
    const auto page = storage.bots().list({.limit = 2}, soon);
    REQUIRE(remove(12));

    const auto next = storage.bots().list({.limit = 2, .from = page->next}, soon);
    const auto back = storage.bots().list({.limit = 2, .from = next->previous}, soon);

    REQUIRE(next->items.size() == 2);
    CHECK(next->items[0].id == id_of<bot_id>(13));
    REQUIRE(back->items.size() == 1);
    CHECK(back->items[0].id == id_of<bot_id>(11));
}

TEST_CASE_METHOD(
    memory_fixture,
    "memory_storage: messages at the ends of time and order are listed"
)
{
    REQUIRE(append(submission_of(
        {{.id = 1, .stamp = "2262-04-11T23:47:16.854775807Z"},
         {.id = 2, .stamp = "1678-01-01T00:00:00Z"}}
    )));
    const message_filter filter{.conversation = id_of<conversation_id>(100)};

    const auto all = storage.messages().list({.filter = filter}, soon);
    message_query from_end{.filter = filter};
    from_end.from = cursor<message_key>{{instant_max, ~std::uint64_t{0}}, true};
    const auto backwards = storage.messages().list(from_end, soon);

    REQUIRE(all->items.size() == 2);
    CHECK(all->items[0].id == id_of<message_id>(2));
    CHECK(backwards->items == all->items);
}

TEST_CASE_METHOD(memory_fixture, "memory_storage: a time range that ends before it begins is empty")
{
    REQUIRE(append(submission_of({{}})));
    const auto at = stamp_of(sample{}.stamp).at();
    const std::chrono::nanoseconds one{1};
    const auto count = [&](instant since, instant until) {
        const message_filter filter{.bot = id_of<bot_id>(11), .since = since, .until = until};
        return storage.messages().list({.filter = filter}, soon)->items.size();
    };

    CHECK(count(at, at + one) == 1);
    CHECK(count(at, at) == 0);
    CHECK(count(at + one, at) == 0);
    CHECK(count(instant::max(), instant::min()) == 0);
}

TEST_CASE_METHOD(
    memory_fixture,
    "memory_storage: concurrent writers leave no gap in a conversation"
)
{
    constexpr std::uint64_t writers = 4;
    constexpr std::uint64_t each = 500;
    {
        std::vector<std::jthread> threads;
        for (std::uint64_t writer = 0; writer < writers; ++writer) {
            threads.emplace_back([this, writer] {
                for (std::uint64_t at = 0; at < each; ++at)
                    (void)append(submission_of({{.id = writer * each + at}}));
            });
        }
    }

    const auto found =
        storage.conversations().find(std::vector{id_of<conversation_id>(100)}, {}, soon);
    REQUIRE(found->front());
    CHECK(found->front()->state.last_seq == writers * each);

    std::vector<bool> seen(writers * each + 1);
    std::optional<cursor<message_key>> from;
    do {
        const message_filter filter{.conversation = id_of<conversation_id>(100)};
        const auto page = storage.messages().list({.filter = filter, .from = from}, soon);
        for (const auto& one : page->items)
            seen.at(one.seq) = true;
        from = page->next;
    } while (from);
    CHECK(std::count(seen.begin(), seen.end(), true) == writers * each);
}
