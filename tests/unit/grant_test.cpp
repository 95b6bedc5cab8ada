#include "tests/unit/fakes.hpp"

#include <botcore/app/message_service.hpp>
#include <botcore/domain/grant.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

namespace {

const seat front_row{id_of<conversation_id>(100), id_of<client_id>(21)};

api_key key_with(scope_set scopes, visible_bots bots = {})
{
    return {.id = id_of<key_id>(7), .name = "a", .scopes = scopes, .bots = std::move(bots)};
}

/// A model of one caller in a seat, all other callers, and all stored messages.
///
/// The bots are 11, 12 and 13; the key that gave the seat may know of the first two. Clients are 21
/// to 23, and also the bot 12 may sit as a client. Conversations are 100 to 102.
struct seated_model {
    explicit seated_model(unsigned seed) : random_{seed}
    {
        const std::vector<bot_registration> bots{
            {.id = id_of<bot_id>(11), .name = *bot_name::parse("a")},
            {.id = id_of<bot_id>(12), .name = *bot_name::parse("b")},
            {.id = id_of<bot_id>(13), .name = *bot_name::parse("c")}};
        (void)storage.bots().add(bots, soon);
        const std::array clients{21U, 22U, 12U};
        chair = {id_of<conversation_id>(100), id_of<client_id>(clients.at(pick(3)))};
        mine = grant{key_with({scope::messages_read, scope::messages_write}, seen)}.seated(chair);
    }

    std::uint64_t pick(std::uint64_t count)
    {
        return std::uniform_int_distribution<std::uint64_t>{0, count - 1}(random_);
    }

    template <class Id>
    Id any_of(std::initializer_list<std::uint64_t> numbers)
    {
        return id_of<Id>(*(numbers.begin() + pick(numbers.size())));
    }

    draft any_draft()
    {
        auto made = sample{}.draft();
        made.id.reset();
        made.conversation = any_of<conversation_id>({100, 101, 102});
        made.ends.from = any_of<participant_id>({11, 12, 13, 21, 22, 23});
        made.ends.to = any_of<participant_id>({11, 12, 13, 21, 22, 23, 30});
        if (made.ends.to == made.ends.from)
            made.ends.to = id_of<participant_id>(31);
        if (!all.empty() && pick(4) == 0)
            made.id = all.at(pick(all.size())).id;
        return made;
    }

    result<std::vector<appended>> send(const draft& one, const grant& by)
    {
        auto prepared = messages.prepare({one}, std::nullopt, by);
        if (!prepared)
            return prepared.error();
        const std::vector submissions{*std::move(prepared)};
        return messages.append(submissions, soon).front();
    }

    [[nodiscard]] bool is_known(const message& one) const
    {
        return one.conversation == chair.conversation && seen.contains(one.way.bot);
    }

    void send_as_anybody()
    {
        if (const auto done = send(any_draft(), grant{}); done && !done->front().replayed)
            all.push_back(done->front().stored);
    }

    void send_seated()
    {
        const auto one = any_draft();
        const bool is_allowed = one.conversation == chair.conversation &&
                                one.ends.from.value == chair.client.value;
        const auto done = send(one, mine);
        if (!is_allowed) {
            REQUIRE_FALSE(done);
            CHECK(done.error().code == errc::forbidden);
            CHECK_FALSE(done.error().faults.empty());
            return;
        }
        const bool is_to_known_bot = one.ends.to == id_of<participant_id>(11) ||
                                     one.ends.to == id_of<participant_id>(12);
        const auto taken = std::ranges::find_if(all, [&](const message& stored) {
            return one.id == stored.id;
        });
        if (taken != all.end()) {
            // A replay is a message that the caller may see and that has the same sender.
            CHECK(
                done.has_value() == (is_known(*taken) && ends_of(taken->way) == one.ends &&
                                     taken->way.way == direction::inbound)
            );
            return;
        }
        REQUIRE(done.has_value() == is_to_known_bot);
        if (!done)
            return;
        const auto& stored = done->front().stored;
        CHECK(stored.way == route{bot_id{one.ends.to.value}, direction::inbound, chair.client});
        all.push_back(stored);
    }

    void read_one()
    {
        if (all.empty())
            return;
        const auto& one = all.at(pick(all.size()));
        CHECK(mine.may_see(one) == is_known(one));
        const stream_id stream = pick(2) == 0 ? stream_id{one.conversation} : one.way.bot;
        CHECK(mine.may_follow(stream).has_value() == (stream == stream_id{chair.conversation}));
        CHECK(
            mine.may_read(one.conversation).has_value() == (one.conversation == chair.conversation)
        );
    }

    void read_list()
    {
        message_filter filter{.visible = mine.bots()};
        if (pick(4) != 0)
            filter.conversation = any_of<conversation_id>({100, 100, 101});
        if (pick(3) == 0 || !filter.conversation)
            filter.bot = any_of<bot_id>({11, 12, 13});
        const auto allowed = mine.may_list(filter);
        REQUIRE(allowed.has_value() == (filter.conversation == chair.conversation));
        CHECK_FALSE(mine.may_list(conversation_filter{.bot = filter.bot}));
        if (!allowed)
            return;
        const auto found = messages.list({.filter = filter}, soon);
        REQUIRE(found);
        const auto expected = std::ranges::count_if(all, [&](const message& one) {
            return is_known(one) && (!filter.bot || *filter.bot == one.way.bot);
        });
        CHECK(found->items.size() == static_cast<std::size_t>(expected));
        CHECK(std::ranges::all_of(found->items, [&](const auto& one) { return is_known(one); }));
    }

    memory::memory_storage storage;
    manual_clock clock;
    sequence_ids ids;
    message_service messages{storage.messages(), clock, ids};
    visible_bots seen{{id_of<bot_id>(11), id_of<bot_id>(12)}};
    seat chair{};
    grant mine;
    std::vector<message> all;

private:
    std::mt19937 random_;
};

}  // namespace

TEST_CASE("grant: without authentication everything is allowed")
{
    for (const auto& [one, name] : scope_names)
        CHECK(grant{}.allows(one));
    CHECK(grant{}.bots().is_all());
    CHECK(grant{}.may_list(message_filter{}));
    CHECK(grant{}.may_list(conversation_filter{}));
    CHECK(grant{}.may_send(sample{}.draft()));
    CHECK(grant{}.may_see(sample{}.stored(1, 1)));
    CHECK_FALSE(grant{}.account());
}

TEST_CASE("grant: a key allows the operations of its scopes, with its bots, on its account")
{
    auto key = key_with({scope::messages_read}, visible_bots{{id_of<bot_id>(12)}});
    CHECK_FALSE(grant{key}.account());
    key.quota = 5;
    const grant made{key};

    CHECK(made.allows(scope::messages_read));
    CHECK_FALSE(made.allows(scope::messages_write));
    CHECK_FALSE(made.may_see(sample{}.stored(1, 1)));
    CHECK(made.account() == key.id);
    CHECK(made.seated(front_row).account() == key.id);
}

TEST_CASE("grant: a seat never allows more than reading and writing, and no more than its key")
{
    const auto all = grant{}.seated(front_row);
    const auto reader = grant{key_with({scope::messages_read})}.seated(front_row);

    for (const auto& [one, name] : scope_names) {
        const bool is_of_messages = one == scope::messages_read || one == scope::messages_write;
        CHECK(all.allows(one) == is_of_messages);
        CHECK(reader.allows(one) == (one == scope::messages_read));
    }
    CHECK_FALSE(all.may_issue_tokens());
    CHECK(all.may_speak_as(id_of<bot_id>(11)) == false);
}

TEST_CASE("grant: a seat's refusal names each wrong field")
{
    auto elsewhere = sample{}.draft();
    elsewhere.conversation = id_of<conversation_id>(101);

    const auto refused = grant{}.seated(front_row).may_send(elsewhere);

    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().faults.size() == 2);
    CHECK(refused.error().faults[0].pointer == "/conversationId");
    CHECK(refused.error().faults[1].pointer == "/from");
}

TEST_CASE("grant: for random requests, a seat allows what the model allows")
{
    const auto seed = GENERATE(range(1U, 31U));
    CAPTURE(seed);
    seated_model model{seed};

    for (int step = 0; step < 300; ++step) {
        switch (model.pick(4)) {
            case 0: model.send_as_anybody(); break;
            case 1: model.send_seated(); break;
            case 2: model.read_one(); break;
            default: model.read_list(); break;
        }
    }
}
