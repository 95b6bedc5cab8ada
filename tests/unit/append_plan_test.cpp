#include "tests/unit/fakes.hpp"

#include <botcore/domain/append_plan.hpp>

#include <map>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

namespace {

/// The bots are 11 and 12; everyone else is a client.
append_facts facts_with(const std::vector<message>& existing = {})
{
    append_facts facts{.bots = {id_of<bot_id>(11), id_of<bot_id>(12)}};
    for (const auto& one : existing)
        facts.existing.emplace(one.id, one);
    return facts;
}

constexpr receipt first_receipt{.key = uuid{}, .digest = 1};

}  // namespace

TEST_CASE("append_plan: a message with a bot becomes a row, and its numbers are in the answer")
{
    const std::vector submissions{submission_of({{}})};
    const auto facts = facts_with();

    const append_plan plan{submissions, facts};
    const auto answers =
        plan.answers(std::vector<append_plan::row_numbers>{{.seq = 5, .arrival = 9}});

    REQUIRE(plan.rows().size() == 1);
    CHECK(&plan.rows()[0].source.get() == &submissions[0].entries[0]);
    CHECK(plan.rows()[0].way == sample{}.stored(1, 1).way);
    CHECK(plan.receipts().empty());
    REQUIRE(answers.size() == 1);
    REQUIRE(answers[0]);
    CHECK(*answers[0] == std::vector<appended>{{.stored = sample{}.stored(5, 9)}});
}

TEST_CASE("append_plan: the route depends on which end is a bot, the sender first")
{
    const std::vector submissions{
        submission_of({{.id = 1, .from = 11, .to = 21}}),
        submission_of({{.id = 2, .from = 21, .to = 11}}),
        submission_of({{.id = 3, .from = 12, .to = 11}})};
    const auto facts = facts_with();

    const append_plan plan{submissions, facts};

    REQUIRE(plan.rows().size() == 3);
    const auto bot = id_of<bot_id>(11);
    CHECK(plan.rows()[0].way == route{bot, direction::outbound, id_of<client_id>(21)});
    CHECK(plan.rows()[1].way == route{bot, direction::inbound, id_of<client_id>(21)});
    CHECK(
        plan.rows()[2].way == route{id_of<bot_id>(12), direction::outbound, id_of<client_id>(11)}
    );
}

TEST_CASE("append_plan: a message without a bot refuses its whole submission, and names it")
{
    const std::vector submissions{
        submission_of({{.id = 1}, {.id = 2, .from = 21, .to = 22}, {.id = 3}}, first_receipt)};
    const auto facts = facts_with();

    const append_plan plan{submissions, facts};
    const auto answers = plan.answers({});

    CHECK(plan.rows().empty());
    CHECK(plan.receipts().empty());
    REQUIRE(answers.size() == 1);
    REQUIRE_FALSE(answers[0]);
    CHECK(answers[0].error().code == errc::unknown_bot);
    CHECK(answers[0].error().item == 1U);
}

TEST_CASE("append_plan: a stored message is answered as it is stored, without a row")
{
    const std::vector submissions{submission_of({{}})};
    const auto facts = facts_with({sample{}.stored(3, 4)});

    const append_plan plan{submissions, facts};
    const auto answers = plan.answers({});

    CHECK(plan.rows().empty());
    REQUIRE(answers[0]);
    CHECK(
        *answers[0] == std::vector<appended>{{.stored = sample{}.stored(3, 4), .replayed = true}}
    );
}

TEST_CASE("append_plan: a retry is recognised even if its bot is no longer registered")
{
    const std::vector submissions{submission_of({{}})};
    append_facts facts;
    facts.existing.emplace(id_of<message_id>(1), sample{}.stored(3, 4));

    const auto answers = append_plan{submissions, facts}.answers({});

    REQUIRE(answers[0]);
    CHECK(answers[0]->front().replayed);
}

TEST_CASE("append_plan: a stored id with different content refuses the submission")
{
    const std::vector submissions{submission_of({{.id = 2}, {.id = 1, .text = "Tchau!"}})};
    const auto facts = facts_with({sample{}.stored(3, 4)});

    const append_plan plan{submissions, facts};
    const auto answers = plan.answers({});

    CHECK(plan.rows().empty());
    REQUIRE_FALSE(answers[0]);
    CHECK(answers[0].error().code == errc::content_mismatch);
    CHECK(answers[0].error().item == 1U);
}

TEST_CASE("append_plan: a content mismatch is reported before an unknown bot")
{
    const std::vector submissions{submission_of({{.from = 22, .text = "Tchau!"}})};
    const auto facts = facts_with({sample{}.stored(3, 4)});

    const auto answers = append_plan{submissions, facts}.answers({});

    REQUIRE_FALSE(answers[0]);
    CHECK(answers[0].error().code == errc::content_mismatch);
}

TEST_CASE("append_plan: a submission may contain stored and new messages")
{
    const std::vector submissions{submission_of({{.id = 1}, {.id = 2}})};
    const auto facts = facts_with({sample{}.stored(3, 4)});

    const append_plan plan{submissions, facts};
    const auto answers =
        plan.answers(std::vector<append_plan::row_numbers>{{.seq = 4, .arrival = 5}});

    CHECK(plan.rows().size() == 1);
    REQUIRE(answers[0]);
    const std::vector<appended> expected{
        {.stored = sample{.id = 1}.stored(3, 4), .replayed = true},
        {.stored = sample{.id = 2}.stored(4, 5)}};
    CHECK(*answers[0] == expected);
}

TEST_CASE("append_plan: a new receipt is written beside its rows")
{
    const std::vector submissions{submission_of({{}}, first_receipt)};
    const auto facts = facts_with();

    const append_plan plan{submissions, facts};

    CHECK(plan.rows().size() == 1);
    CHECK(plan.receipts() == std::vector{first_receipt});
}

TEST_CASE("append_plan: a stored receipt with the same digest is a retry, and not written again")
{
    const std::vector submissions{submission_of({{}}, first_receipt)};
    auto facts = facts_with({sample{}.stored(3, 4)});
    facts.receipts.emplace(first_receipt.key, first_receipt);

    const append_plan plan{submissions, facts};
    const auto answers = plan.answers({});

    CHECK(plan.rows().empty());
    CHECK(plan.receipts().empty());
    REQUIRE(answers[0]);
    CHECK(answers[0]->front() == appended{.stored = sample{}.stored(3, 4), .replayed = true});
}

TEST_CASE("append_plan: a stored receipt with another digest refuses the submission")
{
    const std::vector submissions{
        submission_of({{}}, receipt{.key = first_receipt.key, .digest = 2})};
    auto facts = facts_with({sample{}.stored(3, 4)});
    facts.receipts.emplace(first_receipt.key, first_receipt);

    const append_plan plan{submissions, facts};
    const auto answers = plan.answers({});

    CHECK(plan.receipts().empty());
    REQUIRE_FALSE(answers[0]);
    CHECK(answers[0].error().code == errc::key_reused);
}

TEST_CASE("append_plan: a stored receipt without its message is an internal error")
{
    const std::vector submissions{submission_of({{}}, first_receipt)};
    auto facts = facts_with();
    facts.receipts.emplace(first_receipt.key, first_receipt);

    const append_plan plan{submissions, facts};
    const auto answers = plan.answers({});

    CHECK(plan.rows().empty());
    REQUIRE_FALSE(answers[0]);
    CHECK(answers[0].error().code == errc::internal);
}

TEST_CASE("append_plan: messages that were stored without a key may be sent again under one")
{
    const std::vector submissions{submission_of({{}}, first_receipt)};
    const auto facts = facts_with({sample{}.stored(3, 4)});

    const append_plan plan{submissions, facts};
    const auto answers = plan.answers({});

    CHECK(plan.rows().empty());
    CHECK(plan.receipts() == std::vector{first_receipt});
    REQUIRE(answers[0]);
    CHECK(answers[0]->front().replayed);
}

TEST_CASE("append_plan: no submissions, and an empty submission, have empty answers")
{
    const auto facts = facts_with();
    const std::vector<submission> empty{{}};

    CHECK(append_plan{{}, facts}.answers({}).empty());
    const auto answers = append_plan{empty, facts}.answers({});
    REQUIRE(answers.size() == 1);
    REQUIRE(answers[0]);
    CHECK(answers[0]->empty());
}

TEST_CASE("append_plan: a stored message that the sender may not see is not a retry")
{
    const auto stored = sample{.id = 1}.stored(3, 7);
    auto request = submission_of({{.id = 1}});
    const auto facts = facts_with({stored});
    CHECK_FALSE(append_plan{std::vector{request}, facts}.refuses_any());

    request.entries[0].from_may_be_bot = false;

    const std::vector hidden{request};
    const append_plan plan{hidden, facts};
    const auto answers = plan.answers({});
    REQUIRE_FALSE(answers[0]);
    CHECK(answers[0].error().code == errc::content_mismatch);
}

TEST_CASE(
    "append_plan: an account stores at most its remaining quota, each submission completely or not"
)
{
    const auto account = id_of<key_id>(7);
    auto facts = facts_with({sample{.id = 9}.stored(1, 1)});
    facts.quota_left = {{account, 3}};
    std::vector submissions{
        submission_of({{.id = 1}, {.id = 2}}),
        submission_of({{.id = 3}, {.id = 4}}),
        submission_of({{.id = 9}, {.id = 1}}),
        submission_of({{.id = 5}}),
        submission_of({{.id = 6}})};
    for (auto& one : submissions)
        one.account = account;
    submissions.push_back(submission_of({{.id = 8}}));

    const append_plan plan{submissions, facts};

    const auto answers = plan.answers(std::vector<append_plan::row_numbers>(4));
    CHECK(plan.rows().size() == 4);
    CHECK(plan.spent() == std::map<key_id, std::uint64_t>{{account, 3}});
    CHECK(answers[0]);
    REQUIRE_FALSE(answers[1]);
    CHECK(answers[1].error().code == errc::quota_exceeded);
    CHECK(answers[2]);  // Replays cost nothing.
    CHECK(answers[3]);
    CHECK_FALSE(answers[4]);
    CHECK(answers[5]);  // It has no account.
}

TEST_CASE("append_plan: an unknown account has no quota left")
{
    auto request = submission_of({{.id = 1}});
    request.account = id_of<key_id>(7);
    request.receipt = first_receipt;
    const std::vector all{request};
    const auto facts = facts_with();

    const append_plan plan{all, facts};

    CHECK(plan.refuses_any());
    CHECK(plan.rows().empty());
    CHECK(plan.receipts().empty());
}
