#include "adapters/soci/driver/postgresql/listening_connection.hpp"

#include "tests/contract/database_postgresql.hpp"
#include "tests/contract/fixture.hpp"

#include <future>

using botapi::sql::listening_connection;
using botapi::sql::waker;

namespace {

struct listening_contract : sql_contract {
    waker woken;
    listening_connection line{woken, [] { return false; }};
    stranger other{place};
    const botcore::deadline late = soon();

    listening_contract() { REQUIRE(line.open(place.url(), "listening")); }

    /// Whether a wait ends before it is `late`.
    bool is_woken() { return line.wait(late) && std::chrono::steady_clock::now() < late; }
};

}  // namespace

TEST_CASE_METHOD(listening_contract, "listening: what others say ends a wait", "[stream]")
{
    other.run("NOTIFY listening, 'theirs'");

    CHECK(is_woken());
    CHECK(line.take_received() == std::vector<std::string>{"theirs"});
}

// PostgreSQL sends what was notified in the order of its commits, and before it answers.
TEST_CASE_METHOD(
    listening_contract,
    "listening: what others say while one speaks ends the next wait",
    "[stream]"
)
{
    other.run("NOTIFY listening, 'theirs'");
    REQUIRE(line.notify("ours"));

    CHECK(is_woken());
    CHECK(line.take_received() == std::vector<std::string>{"theirs"});
}

// It may come in one piece with the answer, and after it.
TEST_CASE_METHOD(
    listening_contract,
    "listening: what others say as one speaks is never missed",
    "[stream]"
)
{
    for (int round = 0; round < 300; ++round) {
        const auto theirs = std::async(std::launch::async, [this] {
            other.run("NOTIFY listening, 'theirs'");
        });
        REQUIRE(line.notify("ours"));
        while (line.take_received().empty())
            REQUIRE(is_woken());
    }
}

TEST_CASE_METHOD(listening_contract, "listening: what one says oneself is not heard", "[stream]")
{
    REQUIRE(line.notify("ours"));

    CHECK(line.take_received().empty());
}
