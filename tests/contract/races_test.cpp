#include "tests/contract/fixture.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>

using namespace botcore;

TEST_CASE_METHOD(
    storage_contract,
    "races: many writers leave one conversation without gaps",
    "[races]"
)
{
    constexpr unsigned threads = 8;
    constexpr unsigned rounds = 12;
    std::atomic<unsigned> failed{0};

    race(threads, [&](unsigned number) {
        for (unsigned round = 0; round < rounds; ++round) {
            // Two conversations, in both orders: careless locking would deadlock here.
            const bool is_reversed = (number + round) % 2 == 0;
            const message_spec here{.in = talk, .from = as_aureo, .to = ana};
            const message_spec there{.in = other_talk, .from = as_aureo, .to = bruno};
            const std::vector<submission> batch{
                submission_of({is_reversed ? here : there}),
                submission_of({is_reversed ? there : here, here}),
            };
            for (const auto& one : messages.append(batch, soon()))
                failed += one ? 0 : 1;
        }
    });

    CHECK(failed == 0);
    for (const auto& [of, count] : {std::pair{talk, 2U}, std::pair{other_talk, 1U}}) {
        auto stored = list(of);
        REQUIRE(stored.size() == std::size_t{threads} * rounds * count);
        std::ranges::sort(stored, {}, &message::seq);
        for (std::size_t at = 0; at < stored.size(); ++at) {
            CHECK(stored[at].seq == at + 1);
            if (at > 0)
                CHECK(stored[at].arrival > stored[at - 1].arrival);
        }
        CHECK(find(of)->state.last_seq == stored.size());
    }
}

TEST_CASE_METHOD(
    storage_contract,
    "races: one request sent many times is carried out once",
    "[races]"
)
{
    for (std::uint64_t round = 0; round < 10; ++round) {
        const auto in = id_of<conversation_id>(500 + round);
        const auto request_with = [&](const uuid& seed) {
            const receipt own{uuid_of(900 + round), 1, seed};
            submission request{.entries = {}, .receipt = own};
            for (std::size_t at = 0; at < 2; ++at) {
                auto entry = entry_of({.in = in, .from = as_aureo, .to = ana});
                entry.id = message_id_for(own, at, in);
                request.entries.push_back(std::move(entry));
            }
            return request;
        };
        std::mutex mutex;
        std::vector<result<std::vector<appended>>> answers;

        race(8, [&](unsigned number) {
            const std::vector requests{request_with(uuid_of(10 * round + number + 1))};
            auto answer = messages.append(requests, soon()).at(0);
            const std::lock_guard lock{mutex};
            answers.push_back(std::move(answer));
        });

        const auto stored_messages = list(in);
        REQUIRE(stored_messages.size() == 2);
        std::size_t first_answers = 0;
        for (const auto& answer : answers) {
            REQUIRE(answer);
            CHECK(answer->at(0).stored == stored_messages[0]);
            CHECK(answer->at(1).stored == stored_messages[1]);
            CHECK(answer->at(0).replayed == answer->at(1).replayed);
            first_answers += answer->at(0).replayed ? 0U : 1U;
        }
        CHECK(first_answers == 1);
    }
}

TEST_CASE_METHOD(storage_contract, "races: one id with two contents is stored once", "[races]")
{
    for (std::uint64_t round = 0; round < 10; ++round) {
        const auto id = id_of<message_id>(2000 + round);
        std::atomic<unsigned> stored{0};
        std::atomic<unsigned> replayed{0};
        std::atomic<unsigned> refused{0};

        race(6, [&](unsigned number) {
            const auto answer = messages.append(
                std::vector{submission_of(
                    {{.in = number % 2 == 0 ? talk : other_talk,
                      .from = as_aureo,
                      .to = ana,
                      .text = std::to_string(number % 3),
                      .id = id}}
                )},
                soon()
            );
            if (!answer[0])
                refused += answer[0].error().code == errc::content_mismatch ? 1 : 100;
            else
                ++(answer[0]->at(0).replayed ? replayed : stored);
        });

        CHECK(stored == 1);
        CHECK(refused + replayed == 5);
    }
    const auto all = list(talk).size() + list(other_talk).size();
    CHECK(all == 10);
    CHECK(version({.bot = aureo}) == 10);
}

TEST_CASE_METHOD(storage_contract, "races: after a removal nothing more is stored", "[races]")
{
    for (std::uint64_t round = 0; round < 10; ++round) {
        const auto short_lived = id_of<bot_id>(700 + round);
        REQUIRE(add_bot(short_lived, "Short-lived"));
        const auto in = id_of<conversation_id>(700 + round);
        std::atomic<bool> removed{false};
        std::atomic<unsigned> late{0};
        std::atomic<unsigned> stored{0};

        race(5, [&](unsigned number) {
            if (number == 0) {
                const std::vector<bot_removal> one{{short_lived, {}}};
                if (bots.remove(one, soon()).at(0))
                    removed = true;
                return;
            }
            for (int attempt = 0; attempt < 10; ++attempt) {
                const bool was_removed = removed;
                const auto answer = messages.append(
                    std::vector{submission_of(
                        {{.in = in, .from = participant_id{short_lived.value}, .to = ana}}
                    )},
                    soon()
                );
                if (answer[0])
                    ++(was_removed ? late : stored);
            }
        });

        CHECK(removed);
        CHECK(late == 0);
        CHECK(list(in).size() == stored);
    }
}

TEST_CASE_METHOD(storage_contract, "races: a bot is registered once", "[races]")
{
    const auto fresh = id_of<bot_id>(800);
    std::mutex mutex;
    std::vector<result<registered_bot>> plain;
    std::vector<result<registered_bot>> keyed;

    race(8, [&](unsigned number) {
        std::vector<bot_registration> one{{fresh, name_of("Fresh")}};
        if (number % 2 == 0)
            one = {{id_of<bot_id>(900 + number), name_of("Keyed"), receipt{uuid_of(80), 3}}};
        auto answer = bots.add(one, soon()).at(0);
        const std::lock_guard lock{mutex};
        (number % 2 == 0 ? keyed : plain).push_back(std::move(answer));
    });

    CHECK(std::ranges::count_if(plain, [](const auto& one) { return one.has_value(); }) == 1);
    std::set<bot_id> answered;
    std::size_t first_answers = 0;
    for (const auto& one : keyed) {
        REQUIRE(one);
        answered.insert(one->bot.id);
        first_answers += one->replayed ? 0U : 1U;
    }
    CHECK(answered.size() == 1);
    CHECK(first_answers == 1);
}

TEST_CASE_METHOD(
    storage_contract,
    "races: of concurrent changes to one version, one wins",
    "[races]"
)
{
    std::atomic<unsigned> won{0};

    race(6, [&](unsigned number) {
        const std::vector<bot_change> one{
            {aureo, name_of("Name " + std::to_string(number)), {.any_of = std::vector{1UL}}}};
        won += bots.change(one, soon()).at(0) ? 1 : 0;
    });

    CHECK(won == 1);
    CHECK(find_bot(aureo)->version == 2);
}

TEST_CASE_METHOD(storage_contract, "races: a reader sees a conversation without gaps", "[races]")
{
    std::atomic<bool> done{false};
    std::atomic<unsigned> gaps{0};

    race(4, [&](unsigned number) {
        if (number > 0) {
            for (int round = 0; round < 20; ++round) {
                messages.append(
                    std::vector{submission_of({{.in = talk, .from = as_aureo, .to = ana}})},
                    soon()
                );
            }
            if (number == 1)
                done = true;
            return;
        }
        while (!done) {
            const auto page = messages.list({.filter = {.conversation = talk}}, soon());
            const std::vector ids{talk};
            const auto answer = conversations.find(ids, {}, soon());
            std::uint64_t greatest = 0;
            for (const auto& one : page->items)
                greatest = std::max(greatest, one.seq);
            const auto& listed = answer->at(0);
            const bool is_whole = greatest == page->items.size() &&
                                  (!listed || listed->state.last_seq >= greatest) &&
                                  (!listed || listed->last.seq == listed->state.last_seq);
            gaps += is_whole ? 0 : 1;
        }
    });

    CHECK(gaps == 0);
    CHECK(list(talk).size() == 60);
}
