#include "adapters/http/bridge/storage_threads.hpp"

#include "tests/http/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace botapi::http;
using namespace botapi::http::testing;
using boost::asio::awaitable;

TEST_CASE("storage_threads: work runs on another thread, and is answered on the caller's", "[http]")
{
    boost::asio::io_context loop;
    storage_threads threads{1, 10};
    const auto here = std::this_thread::get_id();
    std::thread::id worked;
    std::thread::id resumed;
    const auto ask = [&]() -> awaitable<std::string> {
        auto work = [&] {
            worked = std::this_thread::get_id();
            return std::string(100, 'x');
        };
        auto done = co_await threads.try_run(work);
        resumed = std::this_thread::get_id();
        co_return done.value();
    };

    const auto answer = run(loop, ask());

    CHECK(answer == std::string(100, 'x'));
    CHECK(worked != here);
    CHECK(resumed == here);
}

TEST_CASE("storage_threads: an exception of the work reaches the caller", "[http]")
{
    boost::asio::io_context loop;
    storage_threads threads{1, 10};
    const auto fail = []() -> int { throw std::out_of_range{"far"}; };
    const auto answer = []() { return 7; };

    CHECK_THROWS_AS(run(loop, threads.try_run(fail)), std::out_of_range);
    CHECK(run(loop, threads.try_run(answer)) == 7);
}

TEST_CASE("storage_threads: too many calls are refused immediately", "[http]")
{
    boost::asio::io_context loop;
    storage_threads threads{1, 2};
    std::latch release{1};
    std::atomic<int> done{0};
    std::atomic<int> refused{0};
    auto ask = [&]() -> awaitable<void> {
        auto work = [&] {
            release.wait();
            return 1;
        };
        const auto answer = co_await threads.try_run(work);
        ++(answer ? done : refused);
    };
    for (int at = 0; at < 5; ++at)
        boost::asio::co_spawn(loop, ask, boost::asio::detached);

    while (refused < 3)
        loop.run_one();
    CHECK(done == 0);
    release.count_down();
    loop.run();

    CHECK(done == 2);
    CHECK(refused == 3);
    loop.restart();
    boost::asio::co_spawn(loop, ask, boost::asio::detached);
    loop.run();
    CHECK(done == 3);
}

TEST_CASE("storage_threads: many loops may call at once", "[http]")
{
    std::vector<boost::asio::io_context> loops(3);
    storage_threads threads{3, 100'000};
    std::atomic<int> sum{0};
    std::vector<std::jthread> running;
    running.reserve(loops.size());
    for (auto& loop : loops) {
        running.emplace_back([&] {
            auto ask = [&](int number) -> awaitable<void> {
                auto work = [number] { return number; };
                const auto answer = co_await threads.try_run(work);
                sum += answer.value();
            };
            for (int number = 1; number <= 200; ++number)
                boost::asio::co_spawn(loop, ask(number), boost::asio::detached);
            loop.run();
        });
    }
    running.clear();

    CHECK(sum == 3 * 200 * 201 / 2);
}

TEST_CASE("storage_threads: a batch never waits for single calls", "[http]")
{
    boost::asio::io_context loop;
    storage_threads threads{2, 100};
    std::latch release{1};
    std::latch done{1};
    auto ask = [&]() -> awaitable<void> {
        auto work = [&] {
            release.wait();
            return 1;
        };
        co_await threads.try_run(work);
    };
    for (int at = 0; at < 50; ++at)
        boost::asio::co_spawn(loop, ask, boost::asio::detached);
    loop.poll();

    threads.post([&] { done.count_down(); });
    done.wait();

    release.count_down();
    loop.run();
}
