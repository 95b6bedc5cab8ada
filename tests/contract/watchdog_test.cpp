#include "adapters/soci/driver/postgresql/watchdog.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using botapi::sql::watchdog;
using namespace std::chrono_literals;

namespace {

botcore::deadline in(std::chrono::milliseconds time)
{
    return std::chrono::steady_clock::now() + time;
}

/// A connection on which nothing is sent.
class silent_connection {
public:
    silent_connection() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()) == 0); }
    ~silent_connection()
    {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }

    silent_connection(const silent_connection&) = delete;
    silent_connection& operator=(const silent_connection&) = delete;

    [[nodiscard]] int socket() const { return ends_[0]; }

    /// Whether the connection ends within this time.
    [[nodiscard]] bool ends_within(std::chrono::milliseconds time) const
    {
        pollfd polled{.fd = ends_[0], .events = POLLIN, .revents = 0};
        char byte = 0;
        return ::poll(&polled, 1, static_cast<int>(time.count())) == 1 &&
               ::read(ends_[0], &byte, 1) == 0;
    }

private:
    std::array<int, 2> ends_{};
};

}  // namespace

TEST_CASE("watchdog: a connection is shut down at its deadline", "[watchdog]")
{
    watchdog tested{[] { return true; }, [](auto) {}};
    const silent_connection later;
    const silent_connection sooner;
    tested.guard(later.socket(), in(150ms));
    tested.guard(sooner.socket(), in(20ms));

    CHECK(sooner.ends_within(10s));
    CHECK(later.ends_within(10s));
}

TEST_CASE("watchdog: an idle connection is not shut down", "[watchdog]")
{
    watchdog tested{[] { return true; }, [](auto) {}};
    const silent_connection done;
    const silent_connection postponed;
    const silent_connection guarded;
    tested.guard(done.socket(), in(30ms));
    tested.guard(postponed.socket(), in(30ms));
    tested.guard(guarded.socket(), in(60ms));

    tested.release(done.socket());
    tested.guard(postponed.socket(), in(1h));

    CHECK(guarded.ends_within(10s));
    CHECK_FALSE(done.ends_within(0ms));
    CHECK_FALSE(postponed.ends_within(0ms));
}

TEST_CASE(
    "watchdog: if the server does not answer, all waiting connections are shut down",
    "[watchdog]"
)
{
    std::promise<botcore::deadline> silent_since;
    std::atomic<bool> has_called = false;  // Each of the two connections may cause a probe.
    const auto on_hang = [&](auto since) {
        if (!has_called.exchange(true))
            silent_since.set_value(since);
    };
    watchdog tested{[] { return false; }, on_hang};
    const silent_connection one;
    const silent_connection other;
    const silent_connection done;
    const auto began = std::chrono::steady_clock::now();
    tested.guard(done.socket(), in(1h));
    tested.release(done.socket());
    tested.guard(one.socket(), in(1h));
    tested.guard(other.socket(), in(1h));

    CHECK(one.ends_within(10s));

    CHECK(other.ends_within(10s));
    CHECK_FALSE(done.ends_within(0ms));
    const auto since = silent_since.get_future().get();
    CHECK(since >= began);
    CHECK(since + watchdog::suspicious <= std::chrono::steady_clock::now());
}

TEST_CASE("watchdog: while the server answers, a long wait goes on", "[watchdog]")
{
    std::atomic<int> count = 0;
    watchdog tested{[&] { return ++count > 0; }, [](auto) {}};
    const silent_connection slow;
    tested.guard(slow.socket(), in(1h));

    CHECK_FALSE(slow.ends_within(2 * watchdog::suspicious + 200ms));

    CHECK(count >= 2);
}

TEST_CASE("watchdog: a probe can be requested at any time", "[watchdog]")
{
    std::promise<void> probed;
    watchdog tested{[&] { return probed.set_value(), true; }, [](auto) {}};

    tested.request_probe();

    CHECK(probed.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("watchdog: `is_answered` returns the result of the probe", "[watchdog]")
{
    std::atomic<bool> is_alive = true;
    watchdog tested{[&] { return is_alive.load(); }, [](auto) {}};
    CHECK(tested.is_answered());

    is_alive = false;
    CHECK_FALSE(tested.is_answered());

    is_alive = true;
    CHECK(tested.is_answered());
}

TEST_CASE("watchdog: a connection guarded during a failed probe is shut down, too", "[watchdog]")
{
    std::promise<void> probe_began;
    std::promise<void> probe_failed;
    std::atomic<int> count = 0;
    const auto answer = [&] {
        if (count++ > 0)
            return true;
        probe_began.set_value();
        probe_failed.get_future().wait();
        return false;
    };
    watchdog tested{answer, [](auto) {}};
    tested.request_probe();
    probe_began.get_future().wait();
    const silent_connection late;
    tested.guard(late.socket(), in(1h));
    auto waiter = std::async(std::launch::async, [&] { return tested.is_answered(); });
    CHECK(waiter.wait_for(20ms) == std::future_status::timeout);

    probe_failed.set_value();

    CHECK(late.ends_within(10s));
    waiter.wait();
}
