// The answers to readers and replays of a store that was restored from a backup, and has grown
// since.
#include "tests/contract/fixture.hpp"
#include "tests/contract/webhooks_fixture.hpp"

#include <algorithm>
#include <utility>

using namespace botcore;

namespace {

using texts = std::vector<std::string>;

texts texts_of(const std::vector<message>& messages)
{
    texts all;
    for (const auto& one : messages)
        all.push_back(one.content.text);
    return all;
}

/// A store in which Aureo and Bela speak with Ana, and another that was restored from a backup of
/// it: it has the first three messages.
struct restored_contract : storage_contract {
    storage_contract restored{make_backend()};
    const std::vector<message> kept{
        store({.in = talk, .from = as_aureo, .to = ana, .text = "1"}),
        store({.in = talk, .from = ana, .to = as_bela, .text = "2"}),
        store({.in = talk, .from = ana, .to = as_aureo, .text = "3"})};
    const std::vector<message> lost{
        store({.in = talk, .from = as_bela, .to = ana, .text = "4"}),
        store({.in = talk, .from = as_aureo, .to = ana, .text = "5"})};

    restored_contract()
    {
        for (const auto& one : kept)
            send_again(one);
    }

    /// Stores a message of the first store in the restored one.
    message send_again(const message& one)
    {
        const auto [from, to] = ends_of(one.way);
        return restored.store(
            {.in = one.conversation,
             .from = from,
             .to = to,
             .text = one.content.text,
             .id = one.id,
             .at = one.stamp.text()}
        );
    }

    /// Lets the restored store grow past everything that was lost, by messages of both bots.
    void grow()
    {
        for (int round = 0; round < 5; ++round) {
            restored.store({.in = talk, .from = as_aureo, .to = ana, .text = "new"});
            restored.store({.in = talk, .from = as_bela, .to = ana, .text = "new of Bela"});
        }
    }

    result<stream_part> read(const stream_query& query)
    {
        return restored.tested.streams().read(std::span{&query, 1}, soon()).at(0);
    }

    bool is_lost(const stream_query& query)
    {
        const auto part = read(query);
        return !part && part.error().code == errc::cursor_lost;
    }
};

}  // namespace

TEST_CASE_METHOD(
    restored_contract,
    "restored: a cursor behind a lost message is lost, however far the store has grown",
    "[stream]"
)
{
    const auto behind_lost = position_in(talk, lost.back());
    const auto behind_lost_of_bot = position_in(aureo, lost.back());
    const visible_bots aureo_alone{{aureo}};

    CHECK(is_lost({.stream = talk, .after = behind_lost}));
    CHECK(is_lost({.stream = aureo, .after = behind_lost_of_bot}));
    CHECK(is_lost({.stream = talk, .after = behind_lost, .visible = aureo_alone}));
    grow();
    CHECK(is_lost({.stream = talk, .after = behind_lost}));
    CHECK(is_lost({.stream = aureo, .after = behind_lost_of_bot}));
    CHECK(is_lost({.stream = talk, .after = behind_lost, .visible = aureo_alone}));
}

TEST_CASE_METHOD(
    restored_contract,
    "restored: a cursor behind a kept message continues, and misses no new message",
    "[stream]"
)
{
    const auto end_of_talk = position_in(talk, kept.back());
    const auto end_of_bot = position_in(aureo, kept.back());
    CHECK(read({.stream = talk, .after = end_of_talk})->reached == end_of_talk);
    CHECK(read({.stream = aureo, .after = end_of_bot})->reached == end_of_bot);

    grow();

    const auto of_talk = read({.stream = talk, .after = end_of_talk, .limit = 3});
    REQUIRE(of_talk);
    CHECK(texts_of(of_talk->messages) == texts{"new", "new of Bela", "new"});
    const auto of_bot = read({.stream = aureo, .after = end_of_bot});
    REQUIRE(of_bot);
    CHECK(texts_of(of_bot->messages) == texts(5, "new"));
    CHECK(read({.stream = talk, .after = position_in(talk, kept.front())}));
}

TEST_CASE_METHOD(
    restored_contract,
    "restored: a lost message that is stored again at another position does not match a cursor",
    "[stream]"
)
{
    restored.store({.in = talk, .from = as_aureo, .to = ana, .text = "new"});
    for (const auto& one : lost) {
        const auto again = send_again(one);
        CHECK(again.id == one.id);
        CHECK(is_lost({.stream = talk, .after = position_in(talk, one)}));
        CHECK(is_lost({.stream = again.way.bot, .after = position_in(again.way.bot, one)}));
    }
    grow();

    for (const auto& one : lost) {
        CHECK(is_lost({.stream = talk, .after = position_in(talk, one)}));
        CHECK(is_lost({.stream = one.way.bot, .after = position_in(one.way.bot, one)}));
    }
}

TEST_CASE_METHOD(
    restored_contract,
    "restored: a different message with the same id and number does not match a cursor",
    "[stream]"
)
{
    send_again(lost.front());
    restored.store(
        {.in = talk,
         .from = as_aureo,
         .to = ana,
         .text = "5",
         .id = lost.back().id,
         .at = "2020-01-01T00:00:00Z"}
    );
    grow();

    CHECK(is_lost({.stream = talk, .after = position_in(talk, lost.back())}));
    CHECK(read({.stream = talk, .after = position_in(talk, lost.front())}));
}

TEST_CASE_METHOD(
    restored_contract,
    "restored: a cursor without a fingerprint is checked against the end, and gets one",
    "[stream]"
)
{
    const auto [followed, bot] = GENERATE_COPY(table<stream_id, bot_id>({
        {talk, aureo},
        {aureo, aureo},
    }));
    const auto unchecked = [&, &stream = followed](const message& one) {
        return stream_position::unchecked(order_in(stream, one));
    };
    const stream_query past_end{.stream = followed, .after = unchecked(lost.back())};
    const stream_query at_end{.stream = followed, .after = unchecked(kept.back())};

    CHECK(is_lost(past_end));
    CHECK(read(at_end)->reached == position_in(followed, kept.back()));
    grow();
    CHECK(read(past_end));
    CHECK_FALSE(read(at_end)->messages.empty());
}

TEST_CASE_METHOD(
    restored_contract,
    "restored: the end has a fingerprint, also with hidden messages",
    "[stream]"
)
{
    const visible_bots bela_alone{{bela}};
    const auto end_of = [&](const stream_query& query) { return read(query)->reached; };

    CHECK(end_of({.stream = talk}) == position_in(talk, kept.at(2)));
    CHECK(end_of({.stream = talk, .visible = bela_alone}) == position_in(talk, kept.at(1)));
    CHECK(end_of({.stream = aureo}) == position_in(aureo, kept.at(2)));
    CHECK(end_of({.stream = bela}) == position_in(bela, kept.at(1)));
}

TEST_CASE_METHOD(
    restored_contract,
    "restored: a cursor behind a hidden message is lost",
    "[stream]"
)
{
    const visible_bots aureo_alone{{aureo}};

    CHECK(is_lost({.stream = talk, .after = position_in(talk, kept.at(1)), .visible = aureo_alone})
    );
    CHECK(read({.stream = talk, .after = position_in(talk, kept.at(0)), .visible = aureo_alone}));
}

TEST_CASE_METHOD(
    restored_contract,
    "restored: a replay refuses a position behind a lost message",
    "[stream]"
)
{
    webhooks_contract hooks{make_backend()};
    storage_contract& other = hooks;
    const auto store_there = [&](const message& one) {
        const auto [from, to] = ends_of(one.way);
        return other.store(
            {.in = one.conversation, .from = from, .to = to, .text = one.content.text, .id = one.id}
        );
    };
    for (const auto& one : kept)
        store_there(one);
    const auto hook = hooks.put(hooks.write_of("a"));
    const auto replay = [&](const stream_position& after) {
        return hooks.webhooks.replay(hook.id, after, 10, soon());
    };
    const auto behind_lost = position_in(aureo, lost.back());
    const auto unchecked = stream_position::unchecked(behind_lost.order());

    CHECK(replay(behind_lost).error().code == errc::cursor_lost);
    CHECK(replay(unchecked).error().code == errc::cursor_lost);
    CHECK(replay(position_in(aureo, kept.back()))->queued == 0);
    std::vector<message> added;
    for (int round = 0; round < 5; ++round)
        added.push_back(other.store({.in = talk, .from = as_aureo, .to = ana, .text = "new"}));

    CHECK(replay(behind_lost).error().code == errc::cursor_lost);
    CHECK(replay(unchecked));
    const auto done = replay(position_in(aureo, kept.back()));
    REQUIRE(done);
    CHECK(done->reached == position_in(aureo, added.back()));
}
