#include "adapters/soci/driver/sqlite/fifo_gate.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <thread>
#include <vector>

using botapi::sql::fifo_gate;
using namespace std::chrono_literals;

namespace {

botcore::deadline within(std::chrono::milliseconds time)
{
    return std::chrono::steady_clock::now() + time;
}

}  // namespace

TEST_CASE("fifo_gate: the gate admits one thread at a time", "[sqlite]")
{
    fifo_gate gate;
    int inside = 0;
    std::atomic<int> passed = 0;
    std::vector<std::jthread> crowd;
    for (int thread = 0; thread < 4; ++thread) {
        crowd.emplace_back([&] {
            for (int round = 0; round < 1'000; ++round) {
                const auto pass = gate.enter(within(30s));
                passed += pass && ++inside == 1 ? 1 : 0;
                --inside;
            }
        });
    }
    crowd.clear();

    CHECK(passed == 4'000);
}

TEST_CASE("fifo_gate: a waiting thread is next, before newcomers", "[sqlite]")
{
    fifo_gate gate;
    auto first_pass = gate.enter(within(30s));
    REQUIRE(first_pass);
    std::promise<void> coming;
    std::promise<void> leaving;
    std::thread waits{[&] {
        coming.set_value();
        const auto pass = gate.enter(within(30s));
        leaving.get_future().wait();
    }};
    coming.get_future().wait();
    std::this_thread::sleep_for(50ms);

    first_pass.reset();
    CHECK_FALSE(gate.enter(within(0s)));
    leaving.set_value();
    CHECK(gate.enter(within(30s)));
    waits.join();
}

TEST_CASE("fifo_gate: a thread that gives up delays no other", "[sqlite]")
{
    fifo_gate gate;
    auto first_pass = gate.enter(within(30s));
    auto gone = std::async(std::launch::async, [&] {
        return gate.enter(within(20ms)).has_value();
    });
    auto stays = std::async(std::launch::async, [&] {
        return gate.enter(within(30s)).has_value();
    });
    CHECK_FALSE(gone.get());

    first_pass.reset();
    CHECK(stays.get());
    CHECK(gate.enter(within(30s)));
}
