#include "adapters/soci/driver/postgresql/listening_connection.hpp"

#include "tests/contract/database_postgresql.hpp"
#include "tests/contract/fixture.hpp"

#include <future>

using botapi::sql::listening_connection;
using botapi::sql::waker;

namespace {

struct listening_contract : sql_contract {
    waker wake_source;
    listening_connection listener{wake_source, [] { return false; }};
    stranger other{db};
    const botcore::deadline late = soon();

    listening_contract() { REQUIRE(listener.open(db.url(), "listening")); }

    /// Whether a wait ends before `late`.
    bool is_woken() { return listener.wait(late) && std::chrono::steady_clock::now() < late; }
};

}  // namespace

TEST_CASE_METHOD(listening_contract, "listening: a notification of others ends a wait", "[stream]")
{
    other.run("NOTIFY listening, 'theirs'");

    CHECK(is_woken());
    CHECK(listener.take_received() == std::vector<std::string>{"theirs"});
}

// PostgreSQL sends notifications in the order of their commits, and before its answer.
TEST_CASE_METHOD(
    listening_contract,
    "listening: a notification that arrives during `notify` ends the next wait",
    "[stream]"
)
{
    other.run("NOTIFY listening, 'theirs'");
    REQUIRE(listener.notify("ours"));

    CHECK(is_woken());
    CHECK(listener.take_received() == std::vector<std::string>{"theirs"});
}

// A notification may also arrive in one piece with the answer, and after it.
TEST_CASE_METHOD(
    listening_contract,
    "listening: a notification that races with `notify` is never missed",
    "[stream]"
)
{
    for (int round = 0; round < 300; ++round) {
        const auto theirs = std::async(std::launch::async, [this] {
            other.run("NOTIFY listening, 'theirs'");
        });
        REQUIRE(listener.notify("ours"));
        while (listener.take_received().empty())
            REQUIRE(is_woken());
    }
}

TEST_CASE_METHOD(
    listening_contract,
    "listening: a connection does not receive its own notifications",
    "[stream]"
)
{
    REQUIRE(listener.notify("ours"));

    CHECK(listener.take_received().empty());
}
