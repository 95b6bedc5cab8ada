#include "tests/unit/fakes.hpp"

#include <botcore/domain/append_plan.hpp>

#include <vector>

using namespace botcore;
using namespace botcore::testing;

// How the submissions of one batch see each other.

namespace {

/// Plans submissions with the bot 11, and numbers the rows one after another.
struct planned {
    explicit planned(std::vector<submission> batch) : submissions{std::move(batch)}
    {
        for (const auto& row : plan.rows()) {
            ids.push_back(row.source.get().id);
            numbers.push_back({.seq = ids.size(), .arrival = ids.size() * 10});
        }
        answers = plan.answers(numbers);
    }

    std::vector<submission> submissions;
    append_facts facts{.bots = {id_of<bot_id>(11)}};
    append_plan plan{submissions, facts};
    std::vector<message_id> ids;
    std::vector<append_plan::row_numbers> numbers;
    std::vector<result<std::vector<appended>>> answers;
};

std::vector<message_id> ids_of(std::initializer_list<std::uint64_t> numbers)
{
    std::vector<message_id> ids;
    for (const auto number : numbers)
        ids.push_back(id_of<message_id>(number));
    return ids;
}

const sample without_bot{.id = 9, .from = 21, .to = 22};

receipt receipt_of(std::uint64_t key, std::uint64_t digest)
{
    return {.key = uuid_of(key), .digest = digest};
}

}  // namespace

TEST_CASE("append_plan: a batch refuses some if it refuses one, wherever that stands")
{
    const auto good = submission_of({{.id = 1}});
    const auto better = submission_of({{.id = 2}});
    const auto bad = submission_of({without_bot});

    CHECK(planned{{good, bad}}.plan.refuses_any());
    CHECK(planned{{bad, good}}.plan.refuses_any());
    CHECK(planned{{good, bad, better}}.plan.refuses_any());
    CHECK(planned{{bad}}.plan.refuses_any());
    CHECK_FALSE(planned{{good, better}}.plan.refuses_any());
    CHECK_FALSE(planned{{}}.plan.refuses_any());
}

TEST_CASE("append_plan: rows are in the order of arrival, answers in that of the callers")
{
    const planned batch{{
        submission_of({{.id = 3}, {.id = 1}}),
        submission_of({{.id = 2}}),
    }};

    CHECK(batch.ids == ids_of({3, 1, 2}));
    REQUIRE(batch.answers.size() == 2);
    CHECK(batch.answers[0]->at(0).stored == sample{.id = 3}.stored(1, 10));
    CHECK(batch.answers[0]->at(1).stored == sample{.id = 1}.stored(2, 20));
    CHECK(batch.answers[1]->at(0).stored == sample{.id = 2}.stored(3, 30));
}

TEST_CASE("append_plan: the grown streams are those of the rows, each once")
{
    const planned batch{{
        submission_of({{.id = 1}, {.id = 2}, {.id = 3, .conversation = 101}}),
        submission_of({without_bot, {.id = 4, .conversation = 102}}),
    }};

    const std::vector<stream_id> grown{
        id_of<conversation_id>(100),
        id_of<conversation_id>(101),
        id_of<bot_id>(11)};
    CHECK(batch.plan.grown_streams() == grown);
    CHECK(planned{{}}.plan.grown_streams().empty());
}

TEST_CASE("append_plan: the same message twice in one submission is stored once")
{
    const planned batch{{submission_of({{}, {}})}};

    CHECK(batch.ids == ids_of({1}));
    const std::vector<appended> expected{
        {.stored = sample{}.stored(1, 10)},
        {.stored = sample{}.stored(1, 10), .replayed = true}};
    REQUIRE(batch.answers[0]);
    CHECK(*batch.answers[0] == expected);
}

TEST_CASE("append_plan: one id with two contents in one submission refuses it")
{
    const planned batch{{submission_of({{.id = 1}, {.id = 2}, {.id = 1, .text = "Tchau!"}})}};

    CHECK(batch.ids.empty());
    REQUIRE_FALSE(batch.answers[0]);
    CHECK(batch.answers[0].error().code == errc::content_mismatch);
    CHECK(batch.answers[0].error().item == 2U);
}

TEST_CASE("append_plan: retries that race each other store one message, and answer it to both")
{
    const planned batch{{submission_of({{}}), submission_of({{}})}};

    CHECK(batch.ids == ids_of({1}));
    REQUIRE(batch.answers[0]);
    REQUIRE(batch.answers[1]);
    CHECK(batch.answers[0]->front() == appended{.stored = sample{}.stored(1, 10)});
    CHECK(
        batch.answers[1]->front() == appended{.stored = sample{}.stored(1, 10), .replayed = true}
    );
}

TEST_CASE("append_plan: of two contents under one id the first wins")
{
    const planned batch{{submission_of({{}}), submission_of({{.text = "Tchau!"}})}};

    CHECK(batch.ids == ids_of({1}));
    CHECK(batch.answers[0]);
    REQUIRE_FALSE(batch.answers[1]);
    CHECK(batch.answers[1].error().code == errc::content_mismatch);
    CHECK(batch.answers[1].error().item == 0U);
}

TEST_CASE("append_plan: a racing retry without a timestamp gets the first timestamp")
{
    auto first = submission_of({{}});
    auto second = first;
    first.entries[0].draft.stamp.reset();
    second.entries[0].draft.stamp.reset();
    second.entries[0].stamp = stamp_of("2026-01-01T00:00:00Z");

    const planned batch{{first, second}};

    REQUIRE(batch.answers[1]);
    CHECK(
        batch.answers[1]->front() == appended{.stored = sample{}.stored(1, 10), .replayed = true}
    );
}

TEST_CASE("append_plan: a refused submission leaves its ids free, and the other rows unchanged")
{
    const planned batch{{
        submission_of({{.id = 1}}),
        submission_of({{.id = 2}, {.id = 3}, without_bot}),
        submission_of({{.id = 3, .text = "Tchau!"}, {.id = 4}}),
    }};

    CHECK(batch.ids == ids_of({1, 3, 4}));
    CHECK(batch.answers[0]);
    REQUIRE_FALSE(batch.answers[1]);
    CHECK(batch.answers[1].error().item == 2U);
    REQUIRE(batch.answers[2]);
    CHECK(batch.answers[2]->at(0).stored == sample{.id = 3, .text = "Tchau!"}.stored(2, 20));
    CHECK_FALSE(batch.answers[2]->at(0).replayed);
    CHECK(batch.answers[2]->at(1).stored == sample{.id = 4}.stored(3, 30));
}

TEST_CASE("append_plan: a refused submission does not roll back the rows of others")
{
    const planned batch{{
        submission_of({{.id = 1}}),
        submission_of({{.id = 1}, without_bot}),
        submission_of({{.id = 1}}),
    }};

    CHECK(batch.ids == ids_of({1}));
    CHECK_FALSE(batch.answers[1]);
    REQUIRE(batch.answers[2]);
    CHECK(batch.answers[2]->front().replayed);
}

TEST_CASE("append_plan: a request and its retry under one key are carried out once")
{
    const planned batch{{
        submission_of({{.id = 1}, {.id = 2}}, receipt_of(7, 70)),
        submission_of({{.id = 1}, {.id = 2}}, receipt_of(7, 70)),
        submission_of({{.id = 1}, {.id = 2}}, receipt_of(7, 70)),
    }};

    CHECK(batch.ids == ids_of({1, 2}));
    CHECK(batch.plan.receipts() == std::vector{receipt_of(7, 70)});
    for (const std::size_t retry : {1U, 2U}) {
        REQUIRE(batch.answers[retry]);
        CHECK(batch.answers[retry]->at(0).replayed);
        CHECK(batch.answers[retry]->at(1).stored == batch.answers[0]->at(1).stored);
    }
}

TEST_CASE("append_plan: a different request under an earlier request's key is refused")
{
    const planned batch{{
        submission_of({{.id = 1}}, receipt_of(7, 70)),
        submission_of({{.id = 2}}, receipt_of(7, 71)),
        submission_of({{.id = 1}}, receipt_of(7, 70)),
    }};

    CHECK(batch.ids == ids_of({1}));
    CHECK(batch.plan.receipts() == std::vector{receipt_of(7, 70)});
    REQUIRE_FALSE(batch.answers[1]);
    CHECK(batch.answers[1].error().code == errc::key_reused);
    CHECK(batch.answers[2]);
}

TEST_CASE("append_plan: a refused request leaves its key free for another")
{
    const planned batch{{
        submission_of({without_bot}, receipt_of(7, 70)),
        submission_of({{.id = 2}}, receipt_of(7, 71)),
        submission_of({without_bot}, receipt_of(7, 70)),
    }};

    CHECK(batch.ids == ids_of({2}));
    CHECK(batch.plan.receipts() == std::vector{receipt_of(7, 71)});
    CHECK(batch.answers[0].error().code == errc::unknown_bot);
    CHECK(batch.answers[1]);
    CHECK(batch.answers[2].error().code == errc::key_reused);
}

TEST_CASE("append_plan: requests under different keys have a receipt each")
{
    const planned batch{{
        submission_of({{.id = 1}}, receipt_of(7, 70)),
        submission_of({{.id = 2}}),
        submission_of({{.id = 3}}, receipt_of(8, 70)),
    }};

    CHECK(batch.ids == ids_of({1, 2, 3}));
    CHECK(batch.plan.receipts() == std::vector{receipt_of(7, 70), receipt_of(8, 70)});
}
