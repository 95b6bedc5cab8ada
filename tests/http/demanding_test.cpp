#include "adapters/http/bridge/demanding.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace botapi::http;
using namespace std::chrono_literals;
using botcore::freshness;
using botcore::storage_position;

namespace {

constexpr storage_position early{.store = 1, .timeline = 2, .offset = 10};
constexpr storage_position late{.store = 1, .timeline = 2, .offset = 20};
constexpr storage_position later{.store = 1, .timeline = 3, .offset = 5};

wait_limit with(read_progress& reads)
{
    wait_limit until{botcore::deadline{1h}};
    until.reads = &reads;
    return until;
}

}  // namespace

TEST_CASE("stricter: a position demands more than none, and a later one more than an earlier one")
{
    const auto any = freshness::any();
    CHECK(stricter(any, any) == any);
    CHECK(stricter(any, freshness::at_least(early)) == freshness::at_least(early));
    CHECK(stricter(freshness::at_least(early), any) == freshness::at_least(early));
    CHECK(stricter(freshness::at_least(early), freshness::at_least(late)).position() == late);
    CHECK(stricter(freshness::at_least(later), freshness::at_least(late)).position() == later);
}

TEST_CASE("read_by_demand: the latest are read apart, and answers come in order")
{
    read_progress latest;
    read_progress any{freshness::any()};
    read_progress demands{freshness::at_least(late)};
    std::vector<demanding<int>> batch;
    batch.emplace_back(1, with(any));
    batch.emplace_back(2, with(latest));
    batch.emplace_back(3, wait_limit{botcore::deadline{1h}});
    batch.emplace_back(4, with(demands));

    std::vector<std::pair<std::vector<int>, freshness>> calls;
    const auto answers = read_by_demand<std::string>(
        std::span{batch},
        botcore::deadline{1h},
        [&](const std::vector<int>& items, const botcore::read_terms& terms) {
            calls.emplace_back(items, terms.freshness);
            if (!terms.freshness.is_latest())
                *terms.report = botcore::read_report{.position = late, .age = 40ms};
            std::vector<std::string> texts;
            for (const int item : items)
                texts.push_back(std::to_string(item));
            return texts;
        }
    );

    CHECK(answers == std::vector<std::string>{"1", "2", "3", "4"});
    REQUIRE(calls.size() == 2);
    CHECK(calls[0] == std::pair{std::vector{2, 3}, freshness::latest()});
    CHECK(calls[1] == std::pair{std::vector{1, 4}, freshness::at_least(late)});
    CHECK(any.age() == 40ms);
    CHECK(any.demand() == freshness::at_least(late));
    CHECK(latest.age() == 0ms);
    CHECK(latest.demand() == freshness::latest());
}

TEST_CASE("read_progress: a later read is never older than an earlier one")
{
    read_progress reads{freshness::any()};
    CHECK(reads.demand() == freshness::any());
    REQUIRE(reads.report() != nullptr);
    CHECK(reads.demand() == freshness::any());  // The read has failed.
    *reads.report() = botcore::read_report{.position = early, .age = 30ms};
    CHECK(reads.demand() == freshness::at_least(early));
    *reads.report() = botcore::read_report{.position = late, .age = 10ms};
    CHECK(reads.age() == 30ms);
    CHECK(reads.demand() == freshness::at_least(late));
    *reads.report() = botcore::read_report{};
    CHECK(reads.demand() == freshness::latest());
    *reads.report() = botcore::read_report{.position = early, .age = 90ms};
    CHECK(reads.demand() == freshness::latest());
    CHECK(reads.age() == 30ms);
}
