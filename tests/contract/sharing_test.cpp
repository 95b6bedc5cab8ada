#include "tests/contract/database.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <iterator>
#include <mutex>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace botcore;

namespace {

/// Two servers on one database. One has few sessions, so that its threads wait for them.
struct sharing_contract : sql_contract {
    std::unique_ptr<botapi::sql::sql_storage> other = open_storage(db, log, {.sessions = 2});

    std::array<message_store*, 2> stores{&messages, &other->messages()};

    /// Checks that the numbers of the conversation's messages are 1 to `count`, in the order of
    /// arrival.
    void check_whole(conversation_id of, std::size_t count)
    {
        auto stored = list(of);
        REQUIRE(stored.size() == count);
        std::ranges::sort(stored, {}, &message::seq);
        std::uint64_t arrival = 0;
        for (std::size_t at = 0; at < stored.size(); ++at) {
            CHECK(stored[at].seq == at + 1);
            CHECK(stored[at].arrival > arrival);
            arrival = stored[at].arrival;
        }
        CHECK(find(of)->state.last_seq == count);
    }
};

/// Runs `work` in `count` processes. True if it returned true in all of them.
bool in_processes(unsigned count, const std::function<bool(unsigned)>& work)
{
    std::vector<pid_t> running;
    for (unsigned number = 0; number < count; ++number) {
        const pid_t started = ::fork();
        REQUIRE(started >= 0);
        if (started == 0) {
            bool has_succeeded = false;
            try {
                has_succeeded = work(number);
            } catch (const std::exception&) {
                has_succeeded = false;
            }
            ::_exit(has_succeeded ? 0 : 1);
        }
        running.push_back(started);
    }
    bool all_succeeded = true;
    for (const auto process : running) {
        int status = 0;
        ::waitpid(process, &status, 0);
        all_succeeded = all_succeeded && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return all_succeeded;
}

}  // namespace

TEST_CASE_METHOD(
    sharing_contract,
    "sharing: two servers leave one conversation without gaps",
    "[sharing]"
)
{
    constexpr unsigned threads = 8;
    constexpr unsigned rounds = 15;
    std::atomic<unsigned> failed{0};

    race(threads, [&](unsigned number) {
        for (unsigned round = 0; round < rounds; ++round) {
            const auto answers = stores[number % 2]->append(
                std::vector{
                    submission_of({{.in = talk, .from = as_aureo, .to = ana}}),
                    submission_of({{.in = other_talk, .from = ana, .to = as_bela}}),
                    submission_of({{.in = talk, .from = ana, .to = as_aureo}})},
                soon()
            );
            for (const auto& one : answers)
                failed += one ? 0 : 1;
        }
    });

    CHECK(failed == 0);
    check_whole(talk, std::size_t{threads} * rounds * 2);
    check_whole(other_talk, std::size_t{threads} * rounds);
}

TEST_CASE_METHOD(
    sharing_contract,
    "sharing: a request that two servers get many times is carried out once",
    "[sharing]"
)
{
    constexpr std::uint64_t requests = 15;
    std::mutex mutex;
    std::vector<result<std::vector<appended>>> answers;

    race(8, [&](unsigned number) {
        for (std::uint64_t at = 0; at < requests; ++at) {
            // Each thread begins with another request, so that batches meet in every order.
            const auto first = (at + number * 2) % requests;
            const auto second = (first + 1) % requests;
            const message_spec one{
                .in = talk,
                .from = as_aureo,
                .to = ana,
                .text = std::to_string(first)};
            const message_spec two{
                .in = talk,
                .from = as_aureo,
                .to = ana,
                .text = std::to_string(second)};
            const std::vector batch{once(one, 4000 + first), once(two, 4000 + second)};
            auto done = stores[number % 2]->append(batch, soon());
            const std::lock_guard lock{mutex};
            std::ranges::move(done, std::back_inserter(answers));
        }
    });

    std::size_t stored = 0;
    std::set<message_id> ids;
    for (const auto& answer : answers) {
        if (!answer)
            FAIL(answer.error().detail);
        stored += answer->at(0).replayed ? 0U : 1U;
        ids.insert(answer->at(0).stored.id);
    }
    CHECK(stored == requests);
    CHECK(ids.size() == requests);
    check_whole(talk, requests);
}

TEST_CASE_METHOD(
    sharing_contract,
    "sharing: after one server removed a bot, other servers store no more of its messages",
    "[sharing]"
)
{
    for (std::uint64_t round = 0; round < 8; ++round) {
        const auto short_lived = id_of<bot_id>(700 + round);
        const auto in = id_of<conversation_id>(700 + round);
        REQUIRE(add_bot(short_lived, "Short-lived"));
        std::atomic<bool> removed{false};
        std::atomic<unsigned> late{0};
        std::atomic<unsigned> stored{0};
        std::atomic<unsigned> odd{0};

        race(5, [&](unsigned number) {
            if (number == 0) {
                const std::vector<bot_removal> one{{short_lived, {}}};
                removed = other->bots().remove(one, soon()).at(0).has_value();
                return;
            }
            for (int attempt = 0; attempt < 10; ++attempt) {
                const bool was_removed = removed;
                const auto answer = stores[number % 2]->append(
                    std::vector{submission_of(
                        {{.in = in, .from = participant_id{short_lived.value}, .to = ana}}
                    )},
                    soon()
                );
                if (answer[0])
                    ++(was_removed ? late : stored);
                else if (answer[0].error().code != errc::unknown_bot)
                    ++odd;
            }
        });

        CHECK(removed);
        CHECK(late == 0);
        CHECK(odd == 0);
        CHECK(list(in).size() == stored);
    }
}

TEST_CASE_METHOD(
    sharing_contract,
    "sharing: a server sees what another server has acknowledged",
    "[sharing]"
)
{
    const auto id = id_of<bot_id>(50);
    REQUIRE(add_bot(id, "Cleo"));

    for (unsigned round = 1; round <= 20; ++round) {
        const std::vector<bot_change> renamed{{id, name_of("Cleo " + std::to_string(round))}};
        const auto done = other->bots().change(renamed, soon()).at(0);
        REQUIRE(done);
        CHECK(find_bot(id) == *done);
        const auto stored = store({.in = talk, .from = as_aureo, .to = ana});
        const std::array ids{stored.id};
        CHECK(other->messages().find(ids, soon())->at(0) == stored);
        const std::array filters{message_filter{.conversation = talk}};
        CHECK(other->messages().versions(filters, soon())->at(0).revision == round);
    }
}

TEST_CASE_METHOD(
    sharing_contract,
    "sharing: a retry gets the ids that another server drew",
    "[sharing]"
)
{
    const auto request_with = [&](std::uint64_t seed) {
        const receipt own{.key = uuid_of(60), .digest = 1, .seed = uuid_of(seed)};
        submission made{.entries = {entry_of({.in = talk, .from = as_aureo, .to = ana})}};
        made.receipt = own;
        made.entries[0].id = message_id_for(own, 0, talk);
        return made;
    };
    const auto first = append(request_with(1));
    REQUIRE(first);

    const auto again = other->messages().append(std::vector{request_with(2)}, soon()).at(0);

    REQUIRE(again);
    CHECK(*again == std::vector{appended{first->at(0).stored, true}});
    CHECK(list(talk).size() == 1);
}

TEST_CASE_METHOD(
    sharing_contract,
    "sharing: the messages of a receipt without a seed have ids from its key",
    "[sharing]"
)
{
    auto request = once({.in = talk, .from = as_aureo, .to = ana}, 60);
    const auto first = append(request);
    REQUIRE(first);
    db.run("UPDATE receipts SET seed = NULL");  // As releases without seeds left it.
    request.receipt->seed = uuid_of(61);
    request.entries[0].id = message_id_for(*request.receipt, 0, talk);

    const auto again = append(request);

    REQUIRE(again);
    CHECK(*again == std::vector{appended{first->at(0).stored, true}});
    CHECK(list(talk).size() == 1);
}

TEST_CASE(
    "sharing: processes write to one conversation without gaps, and each request once",
    "[sharing]"
)
{
    constexpr std::uint64_t requests = 20;
    const auto db = make_migrated_database();
    recording_log log;
    const auto aureo = id_of<bot_id>(1);
    const auto talk = id_of<conversation_id>(21);
    const std::vector<bot_registration> registration{
        {aureo, name_of("Aureo"), receipt{uuid_of(60), 60}}};

    const bool all_succeeded = in_processes(4, [&](unsigned number) {
        const auto opened = botapi::sql::sql_storage::open(db->url(), {}, log);
        if (!opened || !(*opened)->bots().add(registration, soon()).at(0))
            return false;
        for (std::uint64_t at = 0; at < requests; ++at) {
            const auto key = 4000 + (at + number) % requests;
            const message_spec one{
                .in = talk,
                .from = participant_id{aureo.value},
                .to = id_of<participant_id>(11),
                .text = std::to_string(key)};
            if (!(*opened)->messages().append(std::vector{once(one, key)}, soon()).at(0))
                return false;
        }
        return true;
    });

    REQUIRE(all_succeeded);
    const auto opened = open_storage(*db, log);
    const auto page = opened->messages().list({.filter = {.conversation = talk}}, soon());
    REQUIRE(page);
    REQUIRE(page->items.size() == requests);
    std::set<std::uint64_t> numbers;
    for (const auto& one : page->items)
        numbers.insert(one.seq);
    CHECK(*numbers.begin() == 1);
    CHECK(*numbers.rbegin() == requests);
    CHECK(numbers.size() == requests);
}
