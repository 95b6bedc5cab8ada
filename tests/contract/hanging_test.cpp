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

/// A storage on a server that can fall silent. libpq itself would wait for a minute, or without a
/// limit.
struct hanging_contract : sql_contract {
    cutting_proxy proxy{server_port()};
    std::unique_ptr<botapi::sql::sql_storage> behind =
        open_through(proxy.port(), db, log, "?connect_timeout=60&application_name=behind");

    ~hanging_contract() { cut_off(); }

    hanging_contract() = default;
    hanging_contract(const hanging_contract&) = delete;
    hanging_contract& operator=(const hanging_contract&) = delete;

    /// Ends all connections, and with them every wait for the server.
    void cut_off()
    {
        proxy.turn_away(true);
        proxy.cut_all();
    }

    result<> read(deadline until = soon())
    {
        const auto listed = behind->messages().list({.filter = {.conversation = talk}}, until);
        return listed ? result<>{} : result<>{listed.error()};
    }

    /// Checks that this many concurrent reads are refused in time.
    void check_refused(unsigned count)
    {
        std::vector<std::future<result<>>> answers(count);
        for (auto& answer : answers)
            answer = std::async(std::launch::async, [&] { return read(); });
        const auto patience_end = std::chrono::steady_clock::now() + 10s;
        for (auto& answer : answers) {
            const bool is_ready = answer.wait_until(patience_end) == std::future_status::ready;
            if (!is_ready)
                cut_off();
            CHECK(is_ready);
            const auto refused = answer.get();
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == errc::unavailable);
        }
    }

    /// Ends the session that made the last read.
    void end_session()
    {
        const auto ended = db.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname ="
            " current_database() AND pid <> pg_backend_pid() AND query LIKE '%messages%'"
            " ORDER BY query_start DESC LIMIT 1"
        );
        REQUIRE(ended.size() == 1);
    }

    /// How many connections the storage has.
    std::size_t connections()
    {
        return db.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'behind'").size();
    }

    /// Makes the storage use this many sessions at once.
    void read_at_once(unsigned count)
    {
        stranger other{db};
        other.run("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE");
        race(count + 1, [&](unsigned number) {
            if (number < count) {
                static_cast<void>(read());
                return;
            }
            const auto waiting = [&] {
                return db.run("SELECT pid FROM pg_locks WHERE NOT granted").size();
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
    "hanging: a hanging server is noticed while connecting and while setting up a session",
    "[hanging]"
)
{
    const auto* const hang_text = GENERATE("idle_session_timeout", "client_min_messages");
    REQUIRE(read());
    end_session();
    proxy.hang_after(hang_text);

    check_refused(1);
}

TEST_CASE_METHOD(
    hanging_contract,
    "hanging: a connection that opens after it was abandoned is closed",
    "[hanging]"
)
{
    constexpr std::size_t needed = 2;  // A session and the probe.
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
    "hanging: closing sessions does not wait for the server",
    "[hanging]"
)
{
    read_at_once(3);
    REQUIRE(read());
    // After one session was lost, the others are replaced at their next use.
    end_session();
    REQUIRE(read());
    proxy.hang();

    check_refused(3);
}

TEST_CASE_METHOD(
    hanging_contract,
    "hanging: the watchdog never shuts down a foreign connection",
    "[hanging]"
)
{
    REQUIRE(read());
    const auto late = std::chrono::steady_clock::now() + 2s;
    {
        stranger other{db};
        other.run("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE");
        auto answer = std::async(std::launch::async, [&] { return read(late); });
        std::this_thread::sleep_for(100ms);
        cut_off();
        REQUIRE_FALSE(answer.get());
    }

    // These sockets get the descriptor numbers of the lost connections.
    std::array<std::array<int, 2>, 64> others{};
    for (auto& pair : others)
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()) == 0);
    std::this_thread::sleep_until(late + 1s);

    for (const auto& [one, other] : others) {
        pollfd polled{.fd = one, .events = POLLIN, .revents = 0};
        CHECK(::poll(&polled, 1, 0) == 0);
        ::close(one);
        ::close(other);
    }
}
