#include "tests/contract/fixture.hpp"
#include "tests/contract/hints.hpp"

using namespace botcore;

namespace {

using texts = std::vector<std::string>;

/// Aureo speaks with Ana in `talk` and with Bruno in `other_talk`, and Bela with Ana in `talk`.
struct streams_contract : storage_contract {
    stream_store& streams = tested.streams();
    const visible_bots aureo_alone{{aureo}};

    streams_contract()
    {
        store({.in = talk, .from = as_aureo, .to = ana, .text = "1", .at = "2020-01-01T00:00:00Z"});
        store({.in = talk, .from = ana, .to = as_bela, .text = "2", .at = "2019-01-01T00:00:00Z"});
        store({.in = other_talk, .from = as_aureo, .to = bruno, .text = "3"});
        store({.in = talk, .from = ana, .to = as_aureo, .text = "4", .at = "2018-01-01T00:00:00Z"});
        store({.in = talk, .from = as_bela, .to = ana, .text = "5", .at = "2017-01-01T00:00:00Z"});
    }

    std::vector<result<stream_part>> read(const std::vector<stream_query>& queries)
    {
        return streams.read(queries, soon());
    }

    stream_part read(const stream_query& query)
    {
        const auto found = read(std::vector{query});
        REQUIRE(found.size() == 1);
        if (!found.front())
            FAIL(found.front().error().detail);
        return *found.front();
    }

    static texts texts_of(const stream_part& part)
    {
        texts all;
        for (const auto& one : part.messages)
            all.push_back(one.content.text);
        return all;
    }
};

}  // namespace

TEST_CASE_METHOD(
    streams_contract,
    "streams: a conversation is read in order of storing",
    "[stream]"
)
{
    const auto part = read({.stream = talk, .after = stream_start});

    CHECK(texts_of(part) == texts{"1", "2", "4", "5"});
    CHECK(part.reached.order() == 4);
    CHECK(part.is_end);
    for (const auto& one : part.messages)
        CHECK(one == find(one.id));
}

TEST_CASE_METHOD(
    streams_contract,
    "streams: the stream of a bot has the messages of all its conversations",
    "[stream]"
)
{
    const auto part = read({.stream = aureo, .after = stream_start});

    CHECK(texts_of(part) == texts{"1", "3", "4"});
    CHECK(part.reached.order() == part.messages.back().arrival);
    CHECK(part.is_end);
    CHECK(texts_of(read({.stream = bela, .after = stream_start})) == texts{"2", "5"});
}

TEST_CASE_METHOD(
    streams_contract,
    "streams: a part has no more messages than the limit",
    "[stream]"
)
{
    const stream_id followed = GENERATE_COPY(stream_id{talk}, stream_id{aureo});
    const auto all = read({.stream = followed, .after = stream_start});
    texts found;
    stream_position reached;
    for (bool is_end = false; !is_end;) {
        const auto part = read({.stream = followed, .after = reached, .limit = 1});
        REQUIRE(part.messages.size() == 1);
        found.push_back(part.messages.front().content.text);
        CHECK(part.reached == position_in(followed, part.messages.front()));
        reached = part.reached;
        is_end = part.is_end;
    }

    CHECK(found == texts_of(all));
    const auto rest = read({.stream = followed, .after = reached, .limit = 1});
    CHECK(rest.messages.empty());
    CHECK(rest.reached == reached);
    CHECK(rest.is_end);
}

TEST_CASE_METHOD(
    streams_contract,
    "streams: a query without a position begins at the end",
    "[stream]"
)
{
    const stream_id followed = GENERATE_COPY(stream_id{talk}, stream_id{aureo});

    const auto begun = read({.stream = followed});
    CHECK(begun.messages.empty());
    CHECK(begun.is_end);

    store({.in = talk, .from = as_aureo, .to = ana, .text = "6"});
    CHECK(texts_of(read({.stream = followed, .after = begun.reached})) == texts{"6"});
}

TEST_CASE_METHOD(streams_contract, "streams: an empty stream has a position", "[stream]")
{
    const stream_id followed =
        GENERATE_COPY(stream_id{id_of<conversation_id>(29)}, stream_id{id_of<bot_id>(9)});

    for (const auto& after : {std::optional<stream_position>{}, std::optional{stream_start}})
        CHECK(read({.stream = followed, .after = after}) == stream_part{});
}

TEST_CASE_METHOD(streams_contract, "streams: a position past the end is lost", "[stream]")
{
    const stream_id followed = GENERATE_COPY(
        stream_id{talk},
        stream_id{aureo},
        stream_id{id_of<conversation_id>(29)},
        stream_id{id_of<bot_id>(9)}
    );
    const auto end = read({.stream = followed}).reached;
    const auto beyond = stream_position::unchecked(end.order() + 1);

    const auto found = read(std::vector<stream_query>{
        {.stream = followed, .after = beyond},
        {.stream = followed, .after = stream_position::unchecked(order_max)},
        {.stream = followed, .after = end}});

    CHECK(found.at(0).error().code == errc::cursor_lost);
    CHECK(found.at(1).error().code == errc::cursor_lost);
    CHECK(found.at(2));
}

TEST_CASE_METHOD(streams_contract, "streams: hidden messages are left out", "[stream]")
{
    const auto whole = read({.stream = talk, .after = stream_start, .visible = aureo_alone});
    CHECK(texts_of(whole) == texts{"1", "4"});
    CHECK(whole.reached.order() == 3);
    CHECK(whole.is_end);

    const auto first =
        read({.stream = talk, .after = stream_start, .limit = 1, .visible = aureo_alone});
    CHECK(texts_of(first) == texts{"1"});
    CHECK(first.reached.order() == 1);
    CHECK_FALSE(first.is_end);

    const auto none =
        read({.stream = talk, .after = stream_start, .visible = visible_bots{{id_of<bot_id>(9)}}});
    CHECK(none == stream_part{});
}

TEST_CASE_METHOD(streams_contract, "streams: hidden messages never advance a position", "[stream]")
{
    const auto end = read({.stream = talk, .visible = aureo_alone}).reached;
    CHECK(end.order() == 3);
    const auto beyond = stream_position::unchecked(end.order() + 1);
    const auto past_end = read(std::vector<stream_query>{
        {.stream = talk, .after = beyond, .visible = aureo_alone},
        {.stream = other_talk,
         .after = stream_position::unchecked(1),
         .visible = visible_bots{{bela}}}});
    CHECK(past_end.at(0).error().code == errc::cursor_lost);
    CHECK(past_end.at(1).error().code == errc::cursor_lost);

    store({.in = talk, .from = as_bela, .to = ana, .text = "6"});
    CHECK(read({.stream = talk, .visible = aureo_alone}).reached == end);
    CHECK(read({.stream = talk, .after = end, .visible = aureo_alone}).reached == end);

    store({.in = talk, .from = as_aureo, .to = ana, .text = "7"});
    CHECK(texts_of(read({.stream = talk, .after = end, .visible = aureo_alone})) == texts{"7"});
}

TEST_CASE_METHOD(streams_contract, "streams: each query has its own visible bots", "[stream]")
{
    const visible_bots bela_alone{{bela}};
    const visible_bots both{{aureo, bela}};

    const auto found = read(std::vector<stream_query>{
        {.stream = talk, .after = stream_start, .visible = bela_alone},
        {.stream = aureo, .after = stream_start, .visible = aureo_alone},
        {.stream = talk, .after = stream_start},
        {.stream = talk, .after = stream_start, .visible = both},
        {.stream = talk, .after = stream_start, .visible = aureo_alone}});

    CHECK(texts_of(*found[0]) == texts{"2", "5"});
    CHECK(texts_of(*found[1]) == texts{"1", "3", "4"});
    CHECK(texts_of(*found[2]) == texts{"1", "2", "4", "5"});
    CHECK(*found[3] == *found[2]);
    CHECK(texts_of(*found[4]) == texts{"1", "4"});
}

TEST_CASE_METHOD(
    streams_contract,
    "streams: many queries are answered at once, in their order",
    "[stream]"
)
{
    CHECK(read(std::vector<stream_query>{}).empty());

    const auto found = read(std::vector<stream_query>{
        {.stream = bela, .after = stream_start},
        {.stream = talk, .after = stream_position::unchecked(2)},
        {.stream = id_of<conversation_id>(29), .after = stream_position::unchecked(5)},
        {.stream = aureo, .after = stream_start, .limit = 2},
        {.stream = talk, .after = stream_start, .limit = 1},
        {.stream = bela, .after = stream_start}});

    REQUIRE(found.size() == 6);
    CHECK(texts_of(*found[0]) == texts{"2", "5"});
    CHECK(texts_of(*found[1]) == texts{"4", "5"});
    CHECK(found[2].error().code == errc::cursor_lost);
    CHECK(texts_of(*found[3]) == texts{"1", "3"});
    CHECK(texts_of(*found[4]) == texts{"1"});
    CHECK(*found[5] == *found[0]);
}

TEST_CASE_METHOD(
    streams_contract,
    "streams: after a notification, the message can be read",
    "[stream]"
)
{
    hints received{streams};

    store({.in = other_talk, .from = as_aureo, .to = bruno, .text = "6"});

    CHECK(received.wait_for(other_talk));
    CHECK(received.wait_for(aureo));
    CHECK(texts_of(read({.stream = aureo, .after = stream_start})).back() == "6");
}

TEST_CASE_METHOD(
    streams_contract,
    "streams: a batch notifies of every stream that it extends",
    "[stream]"
)
{
    hints received{streams};

    const auto done = append(std::vector{
        submission_of({{.in = talk, .from = as_aureo, .to = ana}}),
        submission_of({{.in = other_talk, .from = as_bela, .to = bruno}})});

    REQUIRE(done.at(1));
    for (const auto& stream : {stream_id{talk}, stream_id{other_talk}, stream_id{aureo}})
        CHECK(received.wait_for(stream));
    CHECK(received.wait_for(bela));
}

TEST_CASE_METHOD(
    streams_contract,
    "streams: an append without new messages sends no notification",
    "[stream]"
)
{
    const message_spec one{.in = talk, .from = as_aureo, .to = ana, .id = id_of<message_id>(77)};
    store(one);
    hints received{streams};

    CHECK(append(submission_of({one}))->at(0).replayed);
    CHECK_FALSE(append(submission_of({{.in = talk, .from = ana, .to = bruno}})));

    CHECK(received.are_empty());
}

TEST_CASE_METHOD(
    streams_contract,
    "streams: a listener that ended its subscription is not called",
    "[stream]"
)
{
    hints ended{streams};
    hints received{streams};
    ended.end();

    store({.in = talk, .from = as_aureo, .to = ana, .text = "6"});

    CHECK(received.wait_for(talk));
    CHECK(ended.are_empty());
}
