#include "adapters/soci/watchdog.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
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

/// Two ends of a connection on which nobody says anything.
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

    /// Whether it ends within so much time.
    [[nodiscard]] bool ends_within(std::chrono::milliseconds time) const
    {
        pollfd asked{.fd = ends_[0], .events = POLLIN, .revents = 0};
        char byte = 0;
        return ::poll(&asked, 1, static_cast<int>(time.count())) == 1 &&
               ::read(ends_[0], &byte, 1) == 0;
    }

private:
    std::array<int, 2> ends_{};
};

}  // namespace

TEST_CASE("watchdog: a connection that is silent for too long is ended", "[watchdog]")
{
    watchdog tested;
    const silent_connection later;
    const silent_connection sooner;
    tested.guard(later.socket(), in(150ms));
    tested.guard(sooner.socket(), in(20ms));

    CHECK(sooner.ends_within(10s));
    CHECK(later.ends_within(10s));
}

TEST_CASE("watchdog: a connection of which nothing is expected lives on", "[watchdog]")
{
    watchdog tested;
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
