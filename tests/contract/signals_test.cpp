#include "tests/contract/cutting_proxy.hpp"
#include "tests/contract/hints.hpp"
#include "tests/contract/slow_writer.hpp"

#include <chrono>
#include <thread>

using namespace botcore;
using namespace std::chrono_literals;

namespace {

/// Another server on the same database, behind a proxy.
struct signals_contract : sql_contract {
    cutting_proxy proxy{server_port()};
    std::unique_ptr<botapi::sql::sql_storage> other = open_through(proxy.port(), db, log);
    const message_spec hello{.in = talk, .from = as_aureo, .to = ana};

    result<std::vector<appended>> append_to(storage& server)
    {
        return server.messages().append(std::vector{submission_of({hello})}, soon()).at(0);
    }

    /// Appends until the other server receives a notification: a new listener may miss the first
    /// ones.
    void write_until_received(storage& writer, hints& received)
    {
        received.forget();
        const auto until = soon();
        while (received.count(talk) == 0 && std::chrono::steady_clock::now() < until) {
            REQUIRE(append_to(writer));
            std::this_thread::sleep_for(5ms);
        }
        REQUIRE(received.wait_for(aureo));
    }

    /// Waits until both servers know of each other.
    void introduce(hints& here, hints& there)
    {
        write_until_received(tested, there);
        write_until_received(*other, here);
        there.forget();
        here.forget();
    }
};

struct delayed_contract : sql_contract {
    slow_writer slow{db, aureo, other_talk};

    std::size_t read()
    {
        const stream_query query{.stream = aureo, .after = stream_start};
        return tested.streams().read(std::span{&query, 1}, soon()).at(0)->messages.size();
    }
};

}  // namespace

TEST_CASE_METHOD(
    signals_contract,
    "signals: a server is notified of another server's appends",
    "[stream]"
)
{
    hints here{tested.streams()};
    hints there{other->streams()};
    introduce(here, there);

    REQUIRE(append_to(tested));
    CHECK(there.wait_for(talk));
    CHECK(there.wait_for(aureo));
}

TEST_CASE_METHOD(signals_contract, "signals: a server notifies its own listeners once", "[stream]")
{
    hints here{tested.streams()};
    hints there{other->streams()};
    introduce(here, there);

    for (int round = 0; round < 5; ++round)
        REQUIRE(append_to(tested));
    REQUIRE(there.wait_for(talk));
    // The other server's notification arrives after all earlier ones.
    REQUIRE(append_to(*other));

    const auto until = soon();
    while (here.count(talk) < 6 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(1ms);
    CHECK(here.count(talk) == 6);
}

TEST_CASE_METHOD(
    signals_contract,
    "signals: after a cut connection, any stream may have grown",
    "[stream]"
)
{
    hints here{tested.streams()};
    hints there{other->streams()};
    introduce(here, there);
    here.forget();
    there.forget();

    proxy.turn_away(true);
    proxy.cut_all();
    REQUIRE(append_to(tested));
    proxy.turn_away(false);

    CHECK(there.wait_for_any());
    CHECK(here.wait_for_any());
    CHECK(log.count("notifications of other servers can't be received") == 1);
    CHECK(log.count("notifications of other servers are received again") == 1);
    introduce(here, there);
}

TEST_CASE_METHOD(
    signals_contract,
    "signals: a server without peers sends no notifications",
    "[stream]"
)
{
    stranger listener{db};
    listener.run("LISTEN botapi_streams");
    hints here{tested.streams()};
    const auto until = soon();
    while (listener.received().empty() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(1ms);

    for (int round = 0; round < 20; ++round)
        REQUIRE(append_to(tested));

    // The answer to another server arrives after anything that was sent before.
    listener.run("NOTIFY botapi_streams, 'hello'");
    while (listener.received().back() != "here" && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(1ms);
    CHECK(listener.received() == std::vector<std::string>{"hello", "hello", "here"});
}

TEST_CASE_METHOD(
    delayed_contract,
    "signals: a delayed message is signalled when it becomes visible",
    "[stream]"
)
{
    const auto how = GENERATE("COMMIT", "ROLLBACK");
    hints received{tested.streams()};
    slow.begin();
    slow.write("slow");
    store({.in = talk, .from = as_aureo, .to = ana});
    CHECK(read() == 0);

    slow.end(how);
    received.forget();

    CHECK(received.wait_for(aureo));
    CHECK(read() >= 1);
}
