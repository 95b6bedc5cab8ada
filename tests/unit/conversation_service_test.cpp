#include "tests/unit/fakes.hpp"

#include <botcore/app/conversation_service.hpp>

#include <vector>

using namespace botcore;
using namespace botcore::testing;

namespace {

/// Knows the conversation 100, until it is closed.
class one_conversation final : public conversation_store {
public:
    result<std::vector<std::optional<conversation>>> find(
        std::span<const conversation_id> ids,
        const visible_bots& /*visible*/,
        const read_terms& /*terms*/
    ) override
    {
        if (closed)
            return refuse(errc::unavailable, "Closed.");
        std::vector<std::optional<conversation>> found;
        for (const auto& id : ids)
            found.push_back(id == kept.id ? std::optional{kept} : std::nullopt);
        return found;
    }

    result<conversation_page> list(const conversation_query& /*query*/, const read_terms& /*terms*/)
        override
    {
        return conversation_page{.items = {kept}};
    }

    bool closed = false;
    conversation kept{
        .id = id_of<conversation_id>(100),
        .state = {.message_count = 1, .last_seq = 1, .revision = 1},
        .participants = {{id_of<bot_id>(11), id_of<client_id>(21)}},
        .first = stamp_of(sample{}.stamp),
        .last = sample{}.stored(1, 1),
    };
};

const std::vector requested_ids{id_of<conversation_id>(100), id_of<conversation_id>(101)};

}  // namespace

TEST_CASE("conversation_service: an unknown conversation is not found, beside others that are")
{
    one_conversation store;
    conversation_service conversations{store};

    const auto found = conversations.get(requested_ids, {}, soon);

    REQUIRE(found.size() == 2);
    REQUIRE(found[0]);
    CHECK(*found[0] == store.kept);
    REQUIRE_FALSE(found[1]);
    CHECK(found[1].error().code == errc::not_found);
}

TEST_CASE("conversation_service: a storage that can't be reached refuses every id")
{
    one_conversation store;
    store.closed = true;
    conversation_service conversations{store};

    const auto found = conversations.get(requested_ids, {}, soon);

    REQUIRE(found.size() == 2);
    CHECK(found[0].error().code == errc::unavailable);
    CHECK(found[1].error().code == errc::unavailable);
}

TEST_CASE("conversation_service: a list is the storage's list")
{
    one_conversation store;
    conversation_service conversations{store};

    const auto page = conversations.list({.filter = {.bot = id_of<bot_id>(11)}}, soon);

    REQUIRE(page);
    CHECK(page->items == std::vector{store.kept});
}

TEST_CASE("conversation_service: the list of a hidden bot is empty")
{
    one_conversation store;
    conversation_service conversations{store};
    const visible_bots others{{id_of<bot_id>(12)}};

    const auto page =
        conversations.list({.filter = {.bot = id_of<bot_id>(11), .visible = others}}, soon);

    REQUIRE(page);
    CHECK(page->items.empty());
}
