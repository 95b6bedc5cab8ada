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
    std::unique_ptr<botapi::sql::sql_storage> other = open_through(proxy.port(), place, log);
    const said hello{.in = talk, .from = as_aureo, .to = ana};

    result<std::vector<appended>> append_to(storage& server)
    {
        return server.messages().append(std::vector{submission_of({hello})}, soon()).at(0);
    }

    /// Writes until what was written is heard of elsewhere: who has just begun to listen may miss
    /// what is said first.
    void write_until_heard(storage& writer, hints& heard)
    {
        heard.forget();
        const auto until = soon();
        while (heard.count(talk) == 0 && std::chrono::steady_clock::now() < until) {
            REQUIRE(append_to(writer));
            std::this_thread::sleep_for(5ms);
        }
        REQUIRE(heard.tell_of(aureo));
    }

    /// Lets both servers know of each other.
    void introduce(hints& here, hints& there)
    {
        write_until_heard(tested, there);
        write_until_heard(*other, here);
        there.forget();
        here.forget();
    }
};

struct held_up_contract : sql_contract {
    slow_writer slow{place, aureo, other_talk};

    std::size_t read()
    {
        const stream_query asked{.stream = aureo, .after = 0};
        return tested.streams().read(std::span{&asked, 1}, soon()).at(0)->messages.size();
    }
};

}  // namespace

TEST_CASE_METHOD(signals_contract, "signals: what another server stored is heard of", "[stream]")
{
    hints here{tested.streams()};
    hints there{other->streams()};
    introduce(here, there);

    REQUIRE(append_to(tested));
    CHECK(there.tell_of(talk));
    CHECK(there.tell_of(aureo));
}

TEST_CASE_METHOD(signals_contract, "signals: nobody hears twice of what they stored", "[stream]")
{
    hints here{tested.streams()};
    hints there{other->streams()};
    introduce(here, there);

    for (int round = 0; round < 5; ++round)
        REQUIRE(append_to(tested));
    REQUIRE(there.tell_of(talk));
    // What the other one says arrives after all that was said before.
    REQUIRE(append_to(*other));

    const auto until = soon();
    while (here.count(talk) < 6 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(1ms);
    CHECK(here.count(talk) == 6);
}

TEST_CASE_METHOD(signals_contract, "signals: who was cut off looks at everything", "[stream]")
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

    CHECK(there.tell_of_any());
    CHECK(here.tell_of_any());
    CHECK(log.count("other servers can't be heard") == 1);
    CHECK(log.count("other servers are heard again") == 1);
    introduce(here, there);
}

TEST_CASE_METHOD(signals_contract, "signals: to nobody nothing is said", "[stream]")
{
    stranger listens{place};
    listens.run("LISTEN botapi_streams");
    hints here{tested.streams()};
    const auto until = soon();
    while (listens.heard().empty() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(1ms);

    for (int round = 0; round < 20; ++round)
        REQUIRE(append_to(tested));

    // What is said to somebody comes after what was said to nobody.
    listens.run("NOTIFY botapi_streams, 'hello'");
    while (listens.heard().back() != "here" && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(1ms);
    CHECK(listens.heard() == std::vector<std::string>{"hello", "hello", "here"});
}

TEST_CASE_METHOD(held_up_contract, "signals: what was held up is heard of at last", "[stream]")
{
    const auto how = GENERATE("COMMIT", "ROLLBACK");
    hints heard{tested.streams()};
    slow.begin();
    slow.write("slow");
    store({.in = talk, .from = as_aureo, .to = ana});
    CHECK(read() == 0);

    slow.end(how);
    heard.forget();

    CHECK(heard.tell_of(aureo));
    CHECK(read() >= 1);
}
