#include "adapters/http/bridge/failover_gate.hpp"

#include <botcore/memory/memory_storage.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <vector>

using namespace botapi::http;
using namespace std::chrono_literals;
using verdict = failover_gate::verdict;

namespace {

/// A storage with a given outage.
class failing_storage final : public botcore::storage {
public:
    botcore::bot_store& bots() noexcept override { return rest_.bots(); }
    botcore::message_store& messages() noexcept override { return rest_.messages(); }
    botcore::conversation_store& conversations() noexcept override { return rest_.conversations(); }
    botcore::key_store& keys() noexcept override { return rest_.keys(); }
    botcore::stream_store& streams() noexcept override { return rest_.streams(); }
    botcore::webhook_store& webhooks() noexcept override { return rest_.webhooks(); }
    botcore::consistency& consistency() noexcept override { return rest_.consistency(); }
    botcore::result<> ready(botcore::deadline until) override { return rest_.ready(until); }
    std::optional<botcore::outage> last_outage() override { return last; }

    std::optional<botcore::outage> last{};

private:
    botcore::memory::memory_storage rest_;
};

/// Knows keys as of a given time, and one caller who is not admitted any more.
class given_callers final : public caller_check {
public:
    [[nodiscard]] bool is_known_since(botcore::deadline at) const override { return read_at > at; }
    [[nodiscard]] bool still_admits(const caller* caller) const override
    {
        return caller != &revoked;
    }

    botcore::deadline read_at{};
    caller valid{};
    caller revoked{};
};

const failover_limits usual{.wait_max = 10s, .count_max = 3, .weight_max = 100};

/// A gate that is shut since `start`, and the verdicts on the requests that wait.
struct gate_fixture {
    /// A request that may wait for an hour, unless `until` says less.
    void hold(std::size_t weight = 1, std::optional<wait_limit> until = std::nullopt)
    {
        const auto limit = until.value_or(wait_limit{start + 1h});
        const auto wait = [this, weight, limit]() -> boost::asio::awaitable<void> {
            const auto found = co_await gate.wait(limit, weight);
            verdicts.push_back(found);
        };
        boost::asio::co_spawn(loop, wait, boost::asio::detached);
        loop.restart();
        loop.poll();
    }

    /// Looks around `after` the start, and lets all requests leave that may.
    void look(std::chrono::milliseconds after)
    {
        gate.look_around(start + after);
        loop.restart();
        loop.run_for(20ms);
    }

    void end_outage(std::chrono::milliseconds after)
    {
        storage.last->ended = start + after;
        callers.read_at = start + after + 1ms;
    }

    const failover_gate::time_point start = std::chrono::steady_clock::now() - 1s;
    failing_storage storage;
    given_callers callers;
    std::ptrdiff_t held = 0;
    failover_gate gate{storage, &callers, usual, {[this](std::ptrdiff_t by) { held += by; }}};
    boost::asio::io_context loop;  // Ends before the gate.
    std::vector<verdict> verdicts;

    gate_fixture() { storage.last = botcore::outage{.began = start}; }
};

}  // namespace

TEST_CASE_METHOD(gate_fixture, "failover_gate: requests wait for the end of the outage", "[http]")
{
    REQUIRE(gate.is_shut());
    hold();
    hold();
    look(1s);
    CHECK(verdicts.empty());
    CHECK(held == 2);

    end_outage(1s);
    look(1100ms);

    CHECK_FALSE(gate.is_shut());
    CHECK(verdicts == std::vector{verdict::open, verdict::open});
    CHECK(held == 0);
}

TEST_CASE_METHOD(gate_fixture, "failover_gate: it is open while the storage serves", "[http]")
{
    storage.last.reset();

    CHECK_FALSE(gate.is_shut());
    CHECK_FALSE(gate.may_repeat(start));
}

TEST_CASE_METHOD(gate_fixture, "failover_gate: with no time to wait it is never shut", "[http]")
{
    failover_gate open{storage, &callers, {.wait_max = 0ms}, {[](std::ptrdiff_t) {}}};

    CHECK_FALSE(open.is_shut());
    CHECK_FALSE(open.may_repeat(start));
}

TEST_CASE_METHOD(gate_fixture, "failover_gate: it gives up some time after the begin", "[http]")
{
    hold();
    look(9'999ms);
    CHECK(verdicts.empty());
    look(10'020ms);
    CHECK(verdicts == std::vector{verdict::late});

    storage.last->began = start - 10s;
    CHECK_FALSE(gate.is_shut());
    CHECK_FALSE(gate.may_repeat(start));
}

TEST_CASE_METHOD(gate_fixture, "failover_gate: no request waits beyond its own limit", "[http]")
{
    std::atomic<bool> is_gone{false};
    hold(1, wait_limit{start + 2s});
    hold(1, wait_limit{start + 1h, &is_gone});
    look(1'900ms);
    CHECK(held == 2);
    look(2'100ms);
    CHECK(verdicts == std::vector{verdict::late});

    is_gone = true;
    look(2'200ms);

    CHECK(held == 0);
    CHECK(verdicts == std::vector{verdict::late, verdict::late});
}

TEST_CASE_METHOD(gate_fixture, "failover_gate: the number of requests is limited", "[http]")
{
    for (int count = 0; count < 4; ++count)
        hold();
    CHECK(verdicts == std::vector{verdict::full});
    CHECK(held == 3);

    end_outage(1s);
    look(1100ms);
    CHECK(verdicts == std::vector{verdict::full, verdict::open, verdict::open, verdict::open});
}

TEST_CASE_METHOD(gate_fixture, "failover_gate: the weight of requests is limited", "[http]")
{
    hold(100);
    hold(1);
    CHECK(verdicts == std::vector{verdict::full});

    end_outage(1s);
    look(1100ms);
    storage.last = botcore::outage{.began = start};
    hold(99);
    hold(2);
    CHECK(held == 2);
}

TEST_CASE_METHOD(gate_fixture, "failover_gate: it stays shut until the keys were read", "[http]")
{
    hold();
    storage.last->ended = start + 500ms;
    callers.read_at = start + 400ms;
    CHECK(gate.is_shut());
    look(600ms);
    CHECK(verdicts.empty());

    callers.read_at = start + 501ms;
    look(700ms);

    CHECK(verdicts == std::vector{verdict::open});
    CHECK_FALSE(gate.is_shut());
}

TEST_CASE_METHOD(gate_fixture, "failover_gate: a caller whose key has ended is refused", "[http]")
{
    wait_limit valid{start + 1h};
    valid.guard(&callers.valid);
    wait_limit revoked{start + 1h};
    revoked.guard(&callers.revoked);
    wait_limit nobody{start + 1h};
    nobody.guard(nullptr);
    hold(1, revoked);
    hold(1, valid);
    hold(1, nobody);

    end_outage(1s);
    look(1100ms);

    CHECK(verdicts == std::vector{verdict::revoked, verdict::open, verdict::open});
}

TEST_CASE_METHOD(gate_fixture, "failover_gate: requests leave one after another", "[http]")
{
    hold();
    hold();
    hold();
    end_outage(1s);
    const auto now = std::chrono::steady_clock::now();

    gate.look_around(now);
    loop.restart();
    loop.run();

    CHECK(verdicts.size() == 3);
    CHECK(std::chrono::steady_clock::now() - now >= 2 * failover_gate::spacing);
}

TEST_CASE_METHOD(gate_fixture, "failover_gate: it gives up when the server ends", "[http]")
{
    gate.give_up_at(start + 2s);
    hold();
    look(1'900ms);
    CHECK(verdicts.empty());

    look(2s);

    CHECK(verdicts == std::vector{verdict::late});
}

TEST_CASE_METHOD(gate_fixture, "failover_gate: only what an outage refused is repeated", "[http]")
{
    CHECK(gate.may_repeat(start + 500ms));
    end_outage(500ms);

    CHECK(gate.may_repeat(start + 400ms));
    CHECK(gate.may_repeat(start - 1s));
    CHECK_FALSE(gate.may_repeat(start + 600ms));
}

TEST_CASE("failover_gate: a request that ends while it is held frees its place", "[http]")
{
    std::ptrdiff_t held = 0;
    failing_storage storage;
    storage.last = botcore::outage{.began = std::chrono::steady_clock::now()};
    failover_gate gate{storage, nullptr, usual, {[&](std::ptrdiff_t by) { held += by; }}};
    {
        boost::asio::io_context loop;
        const auto wait = [&]() -> boost::asio::awaitable<void> {
            static_cast<void>(co_await gate.wait(wait_limit{botcore::deadline::max()}, 1));
        };
        boost::asio::co_spawn(loop, wait, boost::asio::detached);
        loop.poll();
        CHECK(held == 1);
    }
    CHECK(held == 0);
}
