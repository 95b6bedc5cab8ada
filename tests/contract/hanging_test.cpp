#include "tests/contract/cutting_proxy.hpp"
#include "tests/contract/database_postgresql.hpp"

#include <array>
#include <future>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace botcore;
using namespace std::chrono_literals;

namespace {

/// A storage on a server that can fall silent. libpq would then wait for a minute, where it waits
/// for a time at all.
struct hanging_contract : sql_contract {
    cutting_proxy proxy{server_port()};
    std::unique_ptr<botapi::sql::sql_storage> behind =
        open_through(proxy.port(), place, log, "?connect_timeout=60&application_name=behind");

    ~hanging_contract() { let_go(); }

    hanging_contract() = default;
    hanging_contract(const hanging_contract&) = delete;
    hanging_contract& operator=(const hanging_contract&) = delete;

    /// Who still waits for the server is told that it is gone.
    void let_go()
    {
        proxy.turn_away(true);
        proxy.cut_all();
    }

    result<> read(deadline until = soon())
    {
        const auto listed = behind->messages().list({.filter = {.conversation = talk}}, until);
        return listed ? result<>{} : result<>{listed.error()};
    }

    /// That so many reads at once are refused before those who asked are tired of waiting.
    void check_refused(unsigned count)
    {
        std::vector<std::future<result<>>> answers(count);
        for (auto& one : answers)
            one = std::async(std::launch::async, [&] { return read(); });
        const auto tired = std::chrono::steady_clock::now() + 10s;
        for (auto& one : answers) {
            const bool came = one.wait_until(tired) == std::future_status::ready;
            if (!came)
                let_go();
            CHECK(came);
            const auto refused = one.get();
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == errc::unavailable);
        }
    }

    /// Ends the session that has read last.
    void end_session()
    {
        const auto ended = place.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname ="
            " current_database() AND pid <> pg_backend_pid() AND query LIKE '%messages%'"
            " ORDER BY query_start DESC LIMIT 1"
        );
        REQUIRE(ended.size() == 1);
    }

    /// How many connections it has.
    std::size_t connections()
    {
        return place.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'behind'")
            .size();
    }

    /// Reads with so many sessions at once.
    void read_at_once(unsigned count)
    {
        stranger other{place};
        other.run("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE");
        race(count + 1, [&](unsigned number) {
            if (number < count) {
                static_cast<void>(read());
                return;
            }
            const auto waiting = [&] {
                return place.run("SELECT pid FROM pg_locks WHERE NOT granted").size();
            };
            for (const auto until = soon();
                 waiting() < count && std::chrono::steady_clock::now() < until;)
                std::this_thread::sleep_for(5ms);
            other.run("ROLLBACK");
        });
    }
};

}  // namespace

TEST_CASE_METHOD(
    hanging_contract,
    "hanging: it is noticed by who connects, and by whose session is being set up",
    "[hanging]"
)
{
    const auto* const last_word = GENERATE("idle_session_timeout", "client_min_messages");
    REQUIRE(read());
    end_session();
    proxy.hang_after(last_word);

    check_refused(1);
}

TEST_CASE_METHOD(
    hanging_contract,
    "hanging: a connection that comes when nobody waits for it any more is not kept",
    "[hanging]"
)
{
    constexpr std::size_t needed = 2;  // A session, and that which asks whether all is well.
    REQUIRE(read());
    end_session();
    proxy.hang_after("idle_session_timeout");
    check_refused(1);

    proxy.go_on();

    const auto is_as_before = [&] { return read() && connections() == needed; };
    const auto until = soon();
    while (!is_as_before() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(5ms);
    CHECK(connections() == needed);
}

TEST_CASE_METHOD(
    hanging_contract,
    "hanging: nobody waits for it to take leave of sessions",
    "[hanging]"
)
{
    read_at_once(3);
    REQUIRE(read());
    // Where one was lost, the others are replaced when they are next wanted.
    end_session();
    REQUIRE(read());
    proxy.hang();

    check_refused(3);
}

TEST_CASE_METHOD(
    hanging_contract,
    "hanging: what is ended is never a stranger's connection",
    "[hanging]"
)
{
    REQUIRE(read());
    const auto late = std::chrono::steady_clock::now() + 2s;
    {
        stranger other{place};
        other.run("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE");
        auto answer = std::async(std::launch::async, [&] { return read(late); });
        std::this_thread::sleep_for(100ms);
        let_go();
        REQUIRE_FALSE(answer.get());
    }

    // They have the numbers that the lost connections had.
    std::array<std::array<int, 2>, 64> others{};
    for (auto& one : others)
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, one.data()) == 0);
    std::this_thread::sleep_until(late + 1s);

    for (const auto& [one, other] : others) {
        pollfd asked{.fd = one, .events = POLLIN, .revents = 0};
        CHECK(::poll(&asked, 1, 0) == 0);
        ::close(one);
        ::close(other);
    }
}
