#include "adapters/http/bridge/coalescer.hpp"

#include "adapters/http/bridge/refusal_pace.hpp"
#include "tests/http/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <latch>
#include <map>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>

using namespace botapi::http;
using namespace botapi::http::testing;
using boost::asio::awaitable;

namespace {

using std::chrono::steady_clock;

constexpr int expired = -1;
constexpr int failed = -2;

int give_failed(std::string_view)
{
    return failed;
}
constexpr int turned_away = -3;

const botcore::deadline soon = steady_clock::now() + std::chrono::hours{1};

/// Counts the events of a coalescer.
struct counts {
    std::atomic<std::ptrdiff_t> depth{0};
    std::atomic<std::size_t> batches{0};
    std::atomic<std::size_t> items{0};
    std::atomic<std::size_t> started{0};

    coalescer_observer observer()
    {
        return {
            .queue_changed = [this](std::ptrdiff_t change) { depth += change; },
            .batch_taken =
                [this](std::size_t size) {
                    ++batches;
                    items += size;
                },
            .started = [this](std::chrono::nanoseconds) { ++started; },
        };
    }
};

/// Submits items on one loop, and keeps their answers in the order of the submissions.
struct callers {
    void ask(
        coalescer<int, int>& queue,
        int item,
        wait_limit until = soon,
        waiting_terms terms = {}
    )
    {
        boost::asio::co_spawn(loop, wait(queue, item, until, terms), boost::asio::detached);
    }

    /// Submits all items so far.
    void start() { loop.poll(); }
    void finish() { loop.run(); }

    /// Runs the loop until `count` items have their answers.
    void wait_for(std::size_t count)
    {
        while (answers.size() < count)
            loop.run_one();
    }

    awaitable<void> wait(
        coalescer<int, int>& queue,
        int item,
        wait_limit until,
        waiting_terms terms
    )
    {
        const auto answer = co_await queue.submit(item, until, terms);
        answers[item] = answer.value_or(turned_away);
    }

    boost::asio::io_context loop;
    std::map<int, int> answers;
};

std::vector<int> squares(std::span<const int> items)
{
    std::vector<int> made;
    for (const int item : items)
        made.push_back(item * item);
    return made;
}

/// Work that waits until `opened`, and then answers as `squares` does.
struct gate {
    coalescer<int, int>::batch_work work()
    {
        return [this](std::span<int> items, botcore::deadline until) {
            entered.release();
            opened.wait();
            const std::lock_guard lock{mutex};
            batches.emplace_back(items.begin(), items.end());
            deadlines.push_back(until);
            return squares(items);
        };
    }

    std::counting_semaphore<> entered{0};
    std::latch opened{1};
    std::mutex mutex;
    std::vector<std::vector<int>> batches;
    std::vector<botcore::deadline> deadlines;
};

/// A coalescer whose first batch waits until the gate is opened.
struct gated_fixture {
    explicit gated_fixture(coalescer_limits limits = {}, std::size_t batch_threads = 2)
        : threads{2 * batch_threads, 100},
          queue{threads, first.work(), limits, seen.observer(), expired, give_failed}
    {
    }

    /// The threads end before the loop that they post to.
    ~gated_fixture() { threads.join(); }

    gated_fixture(const gated_fixture&) = delete;
    gated_fixture& operator=(const gated_fixture&) = delete;

    /// Submits an item, and waits until its batch has begun.
    void occupy(int item)
    {
        waiting.ask(queue, item);
        waiting.start();
        std::jthread{[&] { entered(); }}.join();
    }
    void entered() { first.entered.acquire(); }

    storage_threads threads;
    gate first;
    counts seen;
    coalescer<int, int> queue;
    callers waiting;
};

}  // namespace

TEST_CASE("coalescer: a single item runs immediately, alone", "[http]")
{
    boost::asio::io_context loop;
    storage_threads threads{1, 100};
    counts seen;
    auto work = [](std::span<int> items, botcore::deadline) { return squares(items); };
    coalescer<int, int> queue{threads, work, {}, seen.observer(), expired, give_failed};

    CHECK(run(loop, queue.submit(7, soon)) == 49);
    CHECK(run(loop, queue.submit(8, soon)) == 64);
    threads.join();
    CHECK(seen.batches == 2);
    CHECK(seen.items == 2);
    CHECK(seen.started == 2);
    CHECK(seen.depth == 0);
}

TEST_CASE_METHOD(gated_fixture, "coalescer: waiting items become one batch, in order", "[http]")
{
    occupy(1);
    for (int item = 2; item <= 100; ++item)
        waiting.ask(queue, item);
    waiting.start();
    CHECK(seen.depth == 99);

    first.opened.count_down();
    waiting.finish();

    REQUIRE(first.batches.size() == 2);
    CHECK(first.batches[0] == std::vector{1});
    REQUIRE(first.batches[1].size() == 99);
    CHECK(std::ranges::is_sorted(first.batches[1]));
    for (int item = 1; item <= 100; ++item)
        CHECK(waiting.answers[item] == item * item);
    threads.join();
    CHECK(seen.depth == 0);
}

TEST_CASE("coalescer: a batch has a maximum size", "[http]")
{
    gated_fixture fixture{{.batch_max = 10}};
    fixture.occupy(1);
    for (int item = 2; item <= 26; ++item)
        fixture.waiting.ask(fixture.queue, item);
    fixture.waiting.start();

    fixture.first.opened.count_down();
    fixture.waiting.finish();

    std::vector<std::size_t> sizes;
    for (const auto& batch : fixture.first.batches)
        sizes.push_back(batch.size());
    CHECK(sizes == std::vector<std::size_t>{1, 10, 10, 5});
    CHECK(fixture.waiting.answers.size() == 26);
}

TEST_CASE("coalescer: items beyond the queue limit are refused", "[http]")
{
    gated_fixture fixture{{.waiting_max = 3}};
    fixture.occupy(1);
    for (int item = 2; item <= 7; ++item)
        fixture.waiting.ask(fixture.queue, item);
    fixture.waiting.wait_for(3);

    CHECK(
        fixture.waiting.answers ==
        std::map<int, int>{{5, turned_away}, {6, turned_away}, {7, turned_away}}
    );
    fixture.first.opened.count_down();
    fixture.waiting.finish();

    CHECK(fixture.waiting.answers[2] == 4);
    CHECK(fixture.waiting.answers[4] == 16);
    CHECK(fixture.waiting.answers.size() == 7);
    fixture.threads.join();
    CHECK(fixture.seen.depth == 0);
}

TEST_CASE(
    "coalescer: a caller that was to be refused is admitted if the queue has room by then",
    "[http]"
)
{
    constexpr int last = 1'000;  // Its turn comes long after `start`, however slow that is.
    gated_fixture fixture{{.waiting_max = 1}};
    fixture.occupy(1);
    for (int item = 2; item <= last; ++item)
        fixture.waiting.ask(fixture.queue, item);
    fixture.waiting.start();
    fixture.first.opened.count_down();
    while (fixture.seen.depth > 0)
        std::this_thread::yield();
    fixture.waiting.finish();

    CHECK(fixture.waiting.answers.size() == last);
    const auto done = std::ranges::count_if(fixture.waiting.answers, [](const auto& one) {
        return one.second == one.first * one.first;
    });
    CHECK(done > 2);
}

TEST_CASE("coalescer: refusals are answered at a limited rate", "[http]")
{
    const auto now = steady_clock::now();
    refusal_pace pace;
    CHECK(pace.next(now) - now <= refusal_pace::burst);

    constexpr int many = 9'999;
    auto last = now;
    for (int at = 0; at < many; ++at)
        last = pace.next(now);
    CHECK(last - now >= many * refusal_pace::interval);
    CHECK(last - now <= many * refusal_pace::interval + refusal_pace::burst);

    const auto later = now + std::chrono::minutes{1};
    CHECK(pace.next(later) - later <= refusal_pace::burst);
}

TEST_CASE_METHOD(gated_fixture, "coalescer: an abandoned item is not run", "[http]")
{
    occupy(1);
    waiting.ask(queue, 2, steady_clock::now() - std::chrono::seconds{1});
    waiting.ask(queue, 3, soon);
    waiting.ask(queue, 4, steady_clock::now() - std::chrono::seconds{1});
    waiting.ask(queue, 5, soon + std::chrono::hours{1});
    waiting.start();

    first.opened.count_down();
    waiting.finish();

    CHECK(
        waiting.answers == std::map<int, int>{{1, 1}, {2, expired}, {3, 9}, {4, expired}, {5, 25}}
    );
    REQUIRE(first.batches.size() == 2);
    CHECK(first.batches[1] == std::vector{3, 5});
    CHECK(first.deadlines[1] == soon + std::chrono::hours{1});
}

TEST_CASE("coalescer: an exception fails its own batch only", "[http]")
{
    boost::asio::io_context loop;
    storage_threads threads{1, 100};
    counts seen;
    auto work = [](std::span<int> items, botcore::deadline) {
        if (items.front() == 0)
            throw std::runtime_error{"no"};
        return items.front() == 1 ? std::vector<int>{} : squares(items);
    };
    coalescer<int, int> queue{threads, work, {}, seen.observer(), expired, give_failed};

    CHECK(run(loop, queue.submit(0, soon)) == failed);
    CHECK(run(loop, queue.submit(1, soon)) == failed);
    CHECK(run(loop, queue.submit(2, soon)) == 4);
    threads.join();
}

TEST_CASE("coalescer: many callers on many loops get their own answers", "[http]")
{
    storage_threads threads{4, 100};
    counts seen;
    std::atomic<int> parallel{0};
    std::atomic<int> parallel_most{0};
    auto work = [&](std::span<int> items, botcore::deadline) {
        const int now = ++parallel;
        int most = parallel_most;
        while (most < now && !parallel_most.compare_exchange_weak(most, now)) {
        }
        std::this_thread::yield();
        auto answers = squares(items);
        --parallel;
        return answers;
    };
    coalescer<int, int> queue{
        threads,
        work,
        {.waiting_max = 100'000, .batch_max = 50, .lanes = 3},
        seen.observer(),
        expired,
        give_failed};

    std::vector<callers> loops(4);
    std::vector<std::jthread> running;
    running.reserve(loops.size());
    for (auto& one : loops) {
        running.emplace_back([&] {
            for (int item = 0; item < 2'000; ++item)
                one.ask(queue, item, soon, {.lane = static_cast<std::size_t>(item)});
            one.finish();
        });
    }
    running.clear();
    threads.join();

    for (auto& one : loops) {
        REQUIRE(one.answers.size() == 2'000);
        for (const auto& [item, answer] : one.answers)
            REQUIRE(answer == item * item);
    }
    CHECK(seen.items == 8'000);
    CHECK(seen.depth == 0);
    CHECK(parallel_most <= 3);
    CHECK(seen.batches < 8'000);
}

TEST_CASE(
    "coalescer: few items of another lane wait for the running batch, and share the next",
    "[http]"
)
{
    gated_fixture here{{.lanes = 2, .parallel_from = 3}};
    here.occupy(1);

    here.waiting.ask(here.queue, 2, soon, {.lane = 0});
    here.waiting.ask(here.queue, 3, soon, {.lane = 1});
    here.waiting.ask(here.queue, 4, soon, {.lane = 1});
    here.waiting.start();
    here.first.opened.count_down();
    here.waiting.finish();

    CHECK(here.first.batches == std::vector<std::vector<int>>{{1}, {2, 3, 4}});
}

TEST_CASE("coalescer: many items of another lane begin while a batch is running", "[http]")
{
    gated_fixture here{{.lanes = 2, .parallel_from = 3}};
    here.occupy(1);

    for (int item = 2; item <= 4; ++item)
        here.waiting.ask(here.queue, item, soon, {.lane = 0});
    for (int item = 5; item <= 7; ++item)
        here.waiting.ask(here.queue, item, soon, {.lane = 1});
    here.waiting.start();
    here.entered();
    CHECK(here.seen.depth == 3);
    here.first.opened.count_down();
    here.waiting.finish();

    std::ranges::sort(here.first.batches);
    CHECK(here.first.batches == std::vector<std::vector<int>>{{1}, {2, 3, 4}, {5, 6, 7}});
}

TEST_CASE("coalescer: the lane that has waited longest is next, however few items it has", "[http]")
{
    gated_fixture here{{.batch_max = 4, .lanes = 2, .parallel_from = 3}, 1};
    here.occupy(1);

    here.waiting.ask(here.queue, 2, soon, {.lane = 1});
    for (int item = 3; item <= 10; ++item)
        here.waiting.ask(here.queue, item, soon, {.lane = 0});
    here.waiting.start();
    here.first.opened.count_down();
    here.waiting.finish();

    CHECK(
        here.first.batches == std::vector<std::vector<int>>{{1}, {2}, {3, 4, 5, 6}, {7, 8, 9, 10}}
    );
}

TEST_CASE("coalescer: a batch is bounded by weight, and heavy items wait apart", "[http]")
{
    gated_fixture here{{.batch_weight_max = 200}};
    here.occupy(1);

    const std::vector<std::size_t> weights{1, 100, 100, 1, 150, 60, 500};
    for (int item = 0; item < static_cast<int>(weights.size()); ++item) {
        const auto weight = weights[static_cast<std::size_t>(item)];
        here.waiting.ask(here.queue, item + 2, soon, {.weight = weight});
    }
    here.waiting.start();
    here.first.opened.count_down();
    here.waiting.finish();

    CHECK(
        here.first.batches == std::vector<std::vector<int>>{{1}, {2}, {3, 4}, {5}, {6}, {7}, {8}}
    );
}

TEST_CASE("coalescer: clients take turns, however much one of them has waiting", "[http]")
{
    gated_fixture here{{.batch_max = 4}};
    here.occupy(1);

    for (int item = 10; item < 16; ++item)
        here.waiting.ask(here.queue, item, soon, {.client = 1, .weight = 64});
    here.waiting.ask(here.queue, 20, soon, {.client = 2});
    here.waiting.ask(here.queue, 30, soon, {.client = 3, .weight = 64});
    here.waiting.ask(here.queue, 31, soon, {.client = 3, .weight = 64});
    here.waiting.start();
    here.first.opened.count_down();
    here.waiting.finish();

    CHECK(
        here.first.batches ==
        std::vector<std::vector<int>>{{1}, {10, 20, 30, 11}, {31, 12, 13, 14}, {15}}
    );
}

TEST_CASE("coalescer: a light item does not wait for heavy ones, nor a heavy one for it", "[http]")
{
    const bool is_heavy_first = GENERATE(false, true);
    gated_fixture here{{.batch_weight_max = 1'000, .lanes = 2, .parallel_from = 3}};
    const auto ask = [&](int item, bool is_heavy) {
        const std::size_t weight = is_heavy ? 1'000'000 : 1;
        here.waiting.ask(here.queue, item, soon, {.lane = 1, .weight = weight});
        here.waiting.start();
    };
    ask(1, is_heavy_first);
    here.entered();

    ask(2, !is_heavy_first);
    here.entered();  // Although the first batch has not ended.

    ask(3, false);
    ask(4, true);
    here.first.opened.count_down();
    here.waiting.finish();
    std::ranges::sort(here.first.batches);
    CHECK(here.first.batches == std::vector<std::vector<int>>{{1}, {2}, {3}, {4}});
}

TEST_CASE("coalescer: one client leaves room for others in a full queue", "[http]")
{
    const std::size_t lanes = GENERATE(1U, 2U);
    gated_fixture here{{.waiting_max = 8, .lanes = lanes, .parallel_from = 100}};
    here.occupy(1);

    for (int item = 2; item <= 9; ++item) {
        const auto lane = static_cast<std::size_t>(item);
        here.waiting.ask(here.queue, item, soon, {.lane = lane, .client = 1});
    }
    here.waiting.wait_for(2);
    here.waiting.ask(here.queue, 10, soon, {.client = 2});
    here.waiting.start();
    here.first.opened.count_down();
    here.waiting.finish();

    CHECK(here.waiting.answers[8] == turned_away);
    CHECK(here.waiting.answers[9] == turned_away);
    CHECK(here.waiting.answers[7] == 49);
    CHECK(here.waiting.answers[10] == 100);
}

TEST_CASE("coalescer: a caller that would wait too long is refused", "[http]")
{
    gated_fixture here{{.wait_max = std::chrono::nanoseconds{0}}};
    here.occupy(1);

    here.waiting.ask(here.queue, 2);
    here.waiting.start();
    here.waiting.ask(here.queue, 3);
    here.waiting.wait_for(1);
    here.first.opened.count_down();
    here.waiting.finish();

    CHECK(here.waiting.answers == std::map<int, int>{{1, 1}, {2, 4}, {3, turned_away}});
}

TEST_CASE("coalescer: no work is done for a client that has gone", "[http]")
{
    gated_fixture here;
    here.occupy(1);
    std::atomic<bool> is_gone = false;

    here.waiting.ask(here.queue, 2, {soon, &is_gone});
    here.waiting.ask(here.queue, 3);
    here.waiting.start();
    is_gone = true;
    here.first.opened.count_down();
    here.waiting.finish();

    CHECK(here.waiting.answers == std::map<int, int>{{1, 1}, {2, expired}, {3, 9}});
    CHECK(here.first.batches == std::vector<std::vector<int>>{{1}, {3}});
}
