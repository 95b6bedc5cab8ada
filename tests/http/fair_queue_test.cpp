#include "adapters/http/bridge/fair_queue.hpp"

#include "adapters/http/bridge/refusal_pace.hpp"
#include "adapters/http/bridge/waiting_lanes.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace botapi::http;
using namespace std::chrono_literals;
using time_point = std::chrono::steady_clock::time_point;

namespace {

struct item {
    int number = 0;
    waiting_terms terms{};
    time_point since{};
    std::unique_ptr<item> next{};
};

std::unique_ptr<item> item_of(int number, waiting_terms terms, time_point since = {})
{
    return std::make_unique<item>(item{number, terms, since, {}});
}

/// The numbers of all items, in the order in which they leave.
std::vector<int> drain(fair_queue<item>& queue)
{
    std::vector<int> numbers;
    while (!queue.empty()) {
        const int next = queue.next().number;
        numbers.push_back(queue.pop()->number);
        CHECK(numbers.back() == next);
    }
    return numbers;
}

std::vector<int> numbers_in(const waiting_lanes<item>::batch& batch)
{
    std::vector<int> numbers;
    for (const auto& one : batch.items)
        numbers.push_back(one->number);
    return numbers;
}

using numbers = std::vector<int>;

}  // namespace

TEST_CASE("fair_queue: the items of one client stay in order", "[http]")
{
    fair_queue<item> queue;
    CHECK(queue.empty());
    for (const int number : {1, 2, 3})
        queue.push(item_of(number, {.client = 7}));

    CHECK(queue.size() == 3);
    CHECK(queue.count_of(7) == 3);
    CHECK(queue.count_of(8) == 0);
    CHECK(queue.oldest_of(7)->number == 1);
    CHECK(queue.oldest_of(8) == nullptr);
    CHECK(drain(queue) == numbers{1, 2, 3});
    CHECK(queue.size() == 0);
    CHECK(queue.oldest_of(7) == nullptr);
    CHECK(queue.count_of(7) == 0);
}

TEST_CASE("fair_queue: clients take turns, each with the same credit", "[http]")
{
    constexpr auto quantum = fair_queue<item>::quantum;
    fair_queue<item> queue;
    for (const int number : {1, 2, 3, 4})
        queue.push(item_of(number, {.client = 1, .weight = quantum / 2}));
    for (const int number : {5, 6})
        queue.push(item_of(number, {.client = 2, .weight = quantum}));
    queue.push(item_of(7, {.client = 3, .weight = 2 * quantum}));

    // A round: two items of the first client, one of the second; the third saves its credit.
    CHECK(drain(queue) == numbers{1, 2, 5, 3, 4, 6, 7});
}

TEST_CASE(
    "fair_queue: light items do not wait until another client's heavy ones are done",
    "[http]"
)
{
    fair_queue<item> queue;
    for (const int number : {1, 2})
        queue.push(item_of(number, {.client = 1, .weight = 1'000}));
    queue.push(item_of(3, {.client = 2, .weight = 1}));

    CHECK(drain(queue) == numbers{3, 1, 2});
}

TEST_CASE("fair_queue: who comes again has no credit left from before", "[http]")
{
    constexpr auto quantum = fair_queue<item>::quantum;
    fair_queue<item> queue;
    queue.push(item_of(1, {.client = 1, .weight = 1}));
    CHECK(queue.pop()->number == 1);
    queue.push(item_of(2, {.client = 1, .weight = quantum}));
    queue.push(item_of(3, {.client = 2, .weight = quantum}));
    queue.push(item_of(4, {.client = 1, .weight = quantum}));

    CHECK(drain(queue) == numbers{2, 3, 4});
}

TEST_CASE("waiting_lanes: few items of all lanes are one batch", "[http]")
{
    waiting_lanes<item> lanes{{.lanes = 2, .parallel_from = 2}};
    CHECK_FALSE(lanes.has_batch());
    CHECK(lanes.take().items.empty());
    lanes.push(item_of(1, {.lane = 0, .weight = 3}));
    lanes.push(item_of(2, {.lane = 1, .weight = 4}));
    lanes.push(item_of(3, {.lane = 2, .weight = 5}));  // Lane 0.
    CHECK(lanes.size() == 3);
    CHECK(lanes.has_batch());

    const auto batch = lanes.take();

    CHECK(numbers_in(batch) == numbers{1, 3, 2});
    CHECK(batch.weight == 12);
    CHECK(batch.lanes.size() == 2);
    CHECK(lanes.size() == 0);
}

TEST_CASE("waiting_lanes: a lane with enough items has a batch of its own", "[http]")
{
    waiting_lanes<item> lanes{{.lanes = 2, .parallel_from = 2}};
    const time_point start{};
    lanes.push(item_of(1, {.lane = 0}, start + 1s));
    lanes.push(item_of(2, {.lane = 1}, start));
    lanes.push(item_of(3, {.lane = 1}, start));
    lanes.push(item_of(4, {.lane = 0}, start + 1s));

    const auto first = lanes.take();
    CHECK(numbers_in(first) == numbers{2, 3});  // Due first.
    CHECK(lanes.has_batch());
    const auto second = lanes.take();
    CHECK(numbers_in(second) == numbers{1, 4});
    CHECK_FALSE(lanes.has_batch());

    lanes.push(item_of(5, {.lane = 1}));
    CHECK_FALSE(lanes.has_batch());
    CHECK(lanes.take().items.empty());
    lanes.push(item_of(6, {.lane = 1}));
    CHECK_FALSE(lanes.has_batch());  // Its lane is busy.
    lanes.end(first);
    CHECK(lanes.has_batch());
    const auto third = lanes.take();
    CHECK(numbers_in(third) == numbers{5, 6});

    lanes.push(item_of(7, {.lane = 0}));
    lanes.end(third);
    CHECK_FALSE(lanes.has_batch());  // One item is not worth a batch beside another.
    lanes.end(second);
    CHECK(lanes.has_batch());
    CHECK(numbers_in(lanes.take()) == numbers{7});
}

TEST_CASE("waiting_lanes: heavy items have a lane of their own beside several others", "[http]")
{
    constexpr auto light = fair_queue<item>::quantum;
    waiting_lanes<item> lanes{{.lanes = 2, .parallel_from = 1}};
    lanes.push(item_of(1, {.lane = 0, .weight = light + 1}));
    lanes.push(item_of(2, {.lane = 1, .weight = light + 1}));
    lanes.push(item_of(3, {.lane = 1, .weight = light}));

    const auto first = lanes.take();
    CHECK(numbers_in(first) == numbers{3});
    CHECK(lanes.has_batch());
    const auto second = lanes.take();
    CHECK(numbers_in(second) == numbers{1, 2});
    CHECK_FALSE(lanes.has_batch());

    // Both kinds are busy, and wait for their own kind only.
    lanes.push(item_of(4, {.lane = 0, .weight = light + 1}));
    lanes.push(item_of(5, {.lane = 1, .weight = light}));
    CHECK_FALSE(lanes.has_batch());
    CHECK(lanes.take().items.empty());
    lanes.end(first);
    CHECK(lanes.has_batch());
    CHECK(numbers_in(lanes.take()) == numbers{5});
    CHECK_FALSE(lanes.has_batch());
    lanes.end(second);
    CHECK(lanes.has_batch());
    CHECK(numbers_in(lanes.take()) == numbers{4});
}

TEST_CASE("waiting_lanes: whoever comes while a heavy item runs is next", "[http]")
{
    waiting_lanes<item> lanes{{.batch_weight_max = 1'024, .lanes = 1}};
    for (const int number : {1, 2, 3})
        lanes.push(item_of(number, {.client = 1, .weight = 1'001}));
    int light = 10;

    for (const int heavy : {1, 2, 3}) {
        const auto running = lanes.take();
        CHECK(numbers_in(running) == numbers{heavy});
        lanes.push(item_of(light, {.client = 2, .weight = 2}));
        lanes.end(running);

        const auto next = lanes.take();
        CHECK(numbers_in(next) == numbers{light});
        lanes.end(next);
        ++light;
    }
}

TEST_CASE("waiting_lanes: a batch has a number, a weight, and items of one kind", "[http]")
{
    constexpr auto light = fair_queue<item>::quantum;
    const auto batches = [](coalescer_limits limits, const std::vector<std::size_t>& weights) {
        limits.lanes = 1;
        limits.parallel_from = 1;
        waiting_lanes<item> lanes{limits};
        for (const auto weight : weights)
            lanes.push(item_of(0, {.lane = 0, .weight = weight}));
        std::vector<std::size_t> sizes;
        for (auto batch = lanes.take(); !batch.items.empty(); batch = lanes.take()) {
            sizes.push_back(batch.items.size());
            lanes.end(batch);
        }
        return sizes;
    };
    using sizes = std::vector<std::size_t>;

    CHECK(batches({.batch_max = 2}, {1, 1, 1, 1, 1}) == sizes{2, 2, 1});
    CHECK(batches({.batch_weight_max = 5}, {2, 3, 5, 6, 1}) == sizes{2, 1, 1, 1});
    CHECK(batches({}, {light, light, light + 1, light + 1, light}) == sizes{2, 2, 1});
}

TEST_CASE("waiting_lanes: what may wait is bounded, for all and for each client", "[http]")
{
    const time_point start{};
    const auto later = start + 1h;
    const coalescer_limits limits{
        .waiting_max = 8,
        .wait_max = 2h,
        .waiting_weight_max = 100,
        .lanes = 1};
    waiting_lanes<item> lanes{limits};
    const waiting_terms greedy{.lane = 0, .client = 1};
    const waiting_terms other{.lane = 0, .client = 2};

    for (int count = 0; count < 6; ++count) {
        CHECK(lanes.has_room(greedy, later));
        lanes.push(item_of(count, greedy, start));
    }
    CHECK_FALSE(lanes.has_room(greedy, later));  // Three quarters of the room.
    for (int count = 0; count < 2; ++count) {
        CHECK(lanes.has_room(other, later));
        lanes.push(item_of(count, other, start));
    }
    CHECK_FALSE(lanes.has_room({.lane = 0, .client = 3}, later));

    waiting_lanes<item> heavy{limits};
    heavy.push(item_of(1, {.lane = 0, .client = 1, .weight = 99}, start));
    CHECK(heavy.has_room(other, later));
    heavy.push(item_of(2, {.lane = 0, .client = 1, .weight = 1}, start));
    CHECK_FALSE(heavy.has_room(other, later));
    heavy.end(heavy.take());
    CHECK(heavy.has_room(other, std::chrono::steady_clock::now()));
}

TEST_CASE("waiting_lanes: nobody waits behind an item that has waited too long", "[http]")
{
    const time_point start{};
    const coalescer_limits limits{.wait_max = 100ms, .lanes = 1};
    const waiting_terms one{.lane = 0, .client = 1};

    waiting_lanes<item> lanes{limits};
    CHECK(lanes.has_room(one, start + 1h));
    lanes.push(item_of(1, one, start));
    CHECK(lanes.has_room(one, start + 100ms));
    CHECK_FALSE(lanes.has_room(one, start + 101ms));
    // No batch was taken for as long.
    CHECK_FALSE(lanes.has_room({.lane = 0, .client = 2}, start + 101ms));
}

TEST_CASE("refusal_pace: refusals come in bursts, and are so many a second", "[http]")
{
    const time_point start{std::chrono::hours{1}};
    refusal_pace pace;
    std::vector<time_point> at;
    for (int count = 0; count < 100; ++count)
        at.push_back(pace.next(start));

    CHECK(at.front() == start + refusal_pace::burst);
    CHECK(at[49] == start + refusal_pace::burst);
    CHECK(at[50] == start + 2 * refusal_pace::burst);
    CHECK(at.back() == start + 2 * refusal_pace::burst);
    CHECK(pace.next(start + 1s) == start + 1s + refusal_pace::burst);
    CHECK(pace.next(start + 1s + 3ms) == start + 1s + refusal_pace::burst);
}
