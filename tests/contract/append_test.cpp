#include "tests/contract/fixture.hpp"

using namespace botcore;

TEST_CASE_METHOD(storage_contract, "append: a message is read back whole", "[append]")
{
    const message_spec spec{
        .in = talk,
        .from = as_aureo,
        .to = ana,
        .text = "Oi!",
        .at = "2018-11-16T23:30:52.6917722+01:30",
        .metadata = R"({"a": [1, "x"]})"};
    const auto request = submission_of({spec});

    const auto done = append(request);

    REQUIRE(done);
    REQUIRE(done->size() == 1);
    const auto& [stored, replayed] = done->at(0);
    CHECK_FALSE(replayed);
    CHECK(stored.id == request.entries[0].id);
    CHECK(stored.conversation == talk);
    CHECK(stored.stamp == stamp_of(spec.at));
    CHECK(stored.stamp.text() == spec.at);
    CHECK(stored.way == route{aureo, direction::outbound, client_id{ana.value}});
    CHECK(stored.content.text == "Oi!");
    CHECK(stored.content.metadata == spec.metadata);
    CHECK(stored.seq == 1);
    CHECK(find(stored.id) == stored);
    CHECK(list(talk) == std::vector{stored});
}

TEST_CASE_METHOD(storage_contract, "append: an empty batch stores nothing", "[append]")
{
    CHECK(append(std::vector<submission>{}).empty());
    const auto answer = messages.find({}, soon());
    REQUIRE(answer);
    CHECK(answer->empty());
    const auto empty = append(submission{});
    REQUIRE(empty);
    CHECK(empty->empty());
}

TEST_CASE_METHOD(
    storage_contract,
    "append: the bot is the sender, if both ends are bots",
    "[append]"
)
{
    const auto there = store({.in = talk, .from = as_aureo, .to = as_bela});
    const auto back = store({.in = talk, .from = as_bela, .to = as_aureo});
    const auto in = store({.in = talk, .from = ana, .to = as_bela});

    CHECK(there.way == route{aureo, direction::outbound, client_id{bela.value}});
    CHECK(back.way == route{bela, direction::outbound, client_id{aureo.value}});
    CHECK(in.way == route{bela, direction::inbound, client_id{ana.value}});
    CHECK(find(talk)->participants.size() == 3);
}

TEST_CASE_METHOD(storage_contract, "append: without a bot nothing is stored", "[append]")
{
    const auto refused = append(submission_of(
        {{.in = talk, .from = as_aureo, .to = ana}, {.in = talk, .from = ana, .to = bruno}}
    ));

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unknown_bot);
    CHECK(refused.error().item == 1U);
    CHECK(list(talk).empty());
    CHECK_FALSE(find(talk));
    CHECK(version({.conversation = talk}) == 0);
}

TEST_CASE_METHOD(storage_contract, "append: refusals don't harm the rest of a batch", "[append]")
{
    const auto taken = id_of<message_id>(1000);
    store({.in = talk, .from = as_aureo, .to = ana, .text = "first", .id = taken});
    const message_spec good{.in = talk, .from = as_aureo, .to = ana};
    const message_spec bad{.in = talk, .from = bruno, .to = ana};
    const message_spec clash{
        .in = talk,
        .from = as_aureo,
        .to = ana,
        .text = "second",
        .id = taken};
    const std::vector<submission> batch{
        submission_of({good}),
        submission_of({good, bad}),
        submission_of({good, clash}),
        submission_of({good, good}),
        submission_of({bad}),
    };

    const auto done = append(batch);

    REQUIRE(done.size() == 5);
    CHECK(done[0]->at(0).stored.seq == 2);
    CHECK(done[1].error().code == errc::unknown_bot);
    CHECK(done[2].error().code == errc::content_mismatch);
    CHECK(done[2].error().item == 1U);
    CHECK(done[3]->at(0).stored.seq == 3);
    CHECK(done[3]->at(1).stored.seq == 4);
    CHECK(done[4].error().code == errc::unknown_bot);
    const auto stored = list(talk);
    REQUIRE(stored.size() == 4);
    CHECK(stored[3] == done[3]->at(1).stored);
    CHECK(find(talk)->state.last_seq == 4);
}

TEST_CASE_METHOD(
    storage_contract,
    "append: numbers have no gaps when conversations mix in a batch",
    "[append]"
)
{
    std::vector<message_spec> mixed;
    for (int round = 0; round < 50; ++round) {
        mixed.push_back({.in = talk, .from = as_aureo, .to = ana});
        mixed.push_back({.in = other_talk, .from = as_bela, .to = bruno});
        mixed.push_back({.in = talk, .from = ana, .to = as_aureo});
    }

    const auto first = append(submission_of(mixed));
    const auto second = append(submission_of(mixed));

    REQUIRE(first);
    REQUIRE(second);
    std::uint64_t arrival = 0;
    std::uint64_t here = 0;
    std::uint64_t there = 0;
    for (const auto* const answers : {&*first, &*second}) {
        for (const auto& [stored, replayed] : *answers) {
            CHECK(stored.arrival > arrival);
            arrival = stored.arrival;
            CHECK(stored.seq == ++(stored.conversation == talk ? here : there));
            CHECK_FALSE(replayed);
        }
    }
    CHECK(here == 200);
    CHECK(there == 100);
}

TEST_CASE_METHOD(
    storage_contract,
    "append: the same id again is a replay, or a mismatch",
    "[append]"
)
{
    const auto id = id_of<message_id>(1000);
    const message_spec first{.in = talk, .from = as_aureo, .to = ana, .id = id};
    const auto stored = store(first);

    const auto again = append(submission_of({first}));
    REQUIRE(again);
    CHECK(again->at(0) == appended{stored, true});

    auto timeless = first;
    timeless.is_time_given = false;
    timeless.at = "2020-01-01T00:00:00Z";
    CHECK(append(submission_of({timeless}))->at(0) == appended{stored, true});

    for (int which = 0; which < 6; ++which) {
        auto other = first;
        if (which == 0)
            other.text += '!';
        if (which == 1)
            other.in = other_talk;
        if (which == 2)
            other.to = bruno;
        if (which == 3)
            other.metadata = "{}";
        if (which == 4)
            other.at = "2018-11-16T23:30:52.69177220Z";
        if (which == 5)
            std::swap(other.from, other.to);
        const auto refused = append(submission_of({other}));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == errc::content_mismatch);
    }
    CHECK(list(talk) == std::vector{stored});
    CHECK_FALSE(find(other_talk));
}

TEST_CASE_METHOD(storage_contract, "append: an id twice in one batch is stored once", "[append]")
{
    const auto id = id_of<message_id>(1000);
    const message_spec one{.in = talk, .from = as_aureo, .to = ana, .id = id};
    const message_spec other{.in = talk, .from = as_aureo, .to = ana, .text = "else", .id = id};

    const auto done =
        append({submission_of({one, one}), submission_of({one}), submission_of({other})});

    CHECK_FALSE(done[0]->at(0).replayed);
    CHECK(done[0]->at(1).replayed);
    CHECK(done[0]->at(1).stored == done[0]->at(0).stored);
    CHECK(done[1]->at(0).replayed);
    CHECK(done[2].error().code == errc::content_mismatch);
    CHECK(list(talk).size() == 1);
}

TEST_CASE_METHOD(
    storage_contract,
    "append: a removed bot can't send, until it is revived",
    "[append]"
)
{
    const auto id = id_of<message_id>(1000);
    const message_spec one{.in = talk, .from = as_aureo, .to = ana, .id = id};
    const auto stored = store(one);
    REQUIRE(remove_bot(aureo));

    const auto refused = append(submission_of({{.in = talk, .from = ana, .to = as_aureo}}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unknown_bot);
    CHECK(append(submission_of({one}))->at(0) == appended{stored, true});
    CHECK(list(talk) == std::vector{stored});
    CHECK(find(talk)->participants == std::vector{pairing{aureo, client_id{ana.value}}});
    const auto turned = store({.in = other_talk, .from = as_aureo, .to = as_bela});
    CHECK(turned.way == route{bela, direction::inbound, client_id{aureo.value}});

    REQUIRE(add_bot(aureo, "Aureo"));
    CHECK(store({.in = talk, .from = ana, .to = as_aureo}).seq == 2);
}

TEST_CASE_METHOD(storage_contract, "append: an unknown id is not found", "[append]")
{
    const auto stored = store({.in = talk, .from = as_aureo, .to = ana});
    const std::vector ids{stored.id, id_of<message_id>(77), stored.id};

    const auto answer = messages.find(ids, soon());

    REQUIRE(answer);
    CHECK(*answer == std::vector<std::optional<message>>{stored, std::nullopt, stored});
}

TEST_CASE_METHOD(
    storage_contract,
    "append: a thousand in one submission keep their order",
    "[append]"
)
{
    std::vector<message_spec> many;
    for (int number = 0; number < 1000; ++number) {
        many.push_back(
            {.in = talk, .from = as_aureo, .to = ana, .text = "Nr. " + std::to_string(number)}
        );
    }

    const auto done = append(submission_of(many));

    REQUIRE(done);
    const auto stored = list(talk);
    REQUIRE(stored.size() == 1000);
    for (std::size_t number = 0; number < 1000; ++number) {
        REQUIRE(stored[number] == done->at(number).stored);
        REQUIRE(stored[number].content.text == "Nr. " + std::to_string(number));
    }
    std::vector<message_id> ids;
    for (const auto& message : stored)
        ids.push_back(message.id);
    const auto answer = messages.find(ids, soon());
    REQUIRE(answer);
    for (std::size_t number = 0; number < 1000; ++number)
        REQUIRE(answer->at(number) == stored[number]);
}
