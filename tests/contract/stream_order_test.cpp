#include "tests/contract/slow_writer.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>

using namespace botcore;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

/// The bot's messages, read on from where the last read ended, one way or another.
class follower {
public:
    follower(storage& store, bot_id bot, std::size_t limit)
        : store_{store.streams()}, query_{.stream = bot, .after = stream_start, .limit = limit}
    {
    }

    /// Whether there was anything.
    bool read()
    {
        const auto part = store_.read(std::span{&query_, 1}, soon()).at(0);
        if (!part) {
            failed_ = true;
            return false;
        }
        for (const auto& one : part->messages)
            seen_.push_back(one);
        query_.after = part->reached;
        return !part->messages.empty();
    }

    [[nodiscard]] const std::vector<message>& seen() const noexcept { return seen_; }
    [[nodiscard]] bool has_failed() const noexcept { return failed_; }

private:
    stream_store& store_;
    stream_query query_;
    std::vector<message> seen_;
    bool failed_ = false;
};

struct order_contract : sql_contract {
    slow_writer slow{db, aureo, other_talk};
    const message_spec next{.in = talk, .from = as_aureo, .to = ana, .text = "later"};

    texts read(const stream_position& after)
    {
        const stream_query query{.stream = aureo, .after = after};
        const auto part = tested.streams().read(std::span{&query, 1}, soon()).at(0);
        REQUIRE(part);
        texts found;
        for (const auto& one : part->messages)
            found.push_back(one.content.text);
        return found;
    }

    stream_position end()
    {
        const stream_query query{.stream = aureo};
        return tested.streams().read(std::span{&query, 1}, soon()).at(0)->reached;
    }
};

}  // namespace

TEST_CASE_METHOD(order_contract, "stream order: nobody reads past who may yet commit", "[stream]")
{
    const auto is_known = GENERATE(true, false);
    const auto [how, all] = GENERATE(table<std::string, texts>({
        {"COMMIT", {"slow", "later"}},
        {"ROLLBACK", {"later"}},
    }));
    if (is_known)
        CHECK(read(stream_start).empty());
    slow.begin();
    slow.write("slow");

    store(next);

    for (int round = 0; round < 3; ++round)
        CHECK(read(stream_start).empty());
    CHECK(end() == stream_start);
    slow.end(how);
    CHECK(read(stream_start) == all);
    CHECK(read(end()).empty());
}

TEST_CASE_METHOD(order_contract, "stream order: a connection that ends lets go", "[stream]")
{
    auto lost = std::make_unique<slow_writer>(db, aureo, other_talk);
    lost->begin();
    lost->write("slow");
    store(next);
    CHECK(read(stream_start).empty());

    lost.reset();

    const auto until = soon();
    while (read(stream_start).empty() && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
    CHECK(read(stream_start) == texts{"later"});
}

TEST_CASE_METHOD(order_contract, "stream order: what is before a slow writer is read", "[stream]")
{
    const auto earlier = store({.in = talk, .from = as_aureo, .to = ana, .text = "earlier"});
    CHECK(read(stream_start) == texts{"earlier"});
    slow.begin();
    slow.write("slow");
    store(next);
    CHECK(read(stream_start) == texts{"earlier"});

    // Where to begin from now on is before what is not there yet, and behind a message.
    const auto begun = end();
    CHECK(begun == position_in(aureo, earlier));
    CHECK(read(begun).empty());
    slow.end("COMMIT");
    CHECK(read(begun) == texts{"slow", "later"});
}

TEST_CASE_METHOD(order_contract, "stream order: writers without an end hold up nobody", "[stream]")
{
    // One of the two writers always runs, so every look sees a writer.
    slow_writer other{db, bela, id_of<conversation_id>(23)};
    CHECK(read(stream_start).empty());
    slow.begin();
    std::size_t all = 0;
    for (int round = 0; round < 4; ++round) {
        auto& goes = round % 2 == 0 ? slow : other;
        auto& comes = round % 2 == 0 ? other : slow;
        goes.write("slow");
        store(next);
        CHECK(read(stream_start).size() == all);
        comes.begin();
        goes.end("COMMIT");

        // The running writer began after the last look, and so after all these messages.
        all += round % 2 == 0 ? 2U : 1U;
        CHECK(read(stream_start).size() == all);
    }
}

TEST_CASE_METHOD(
    order_contract,
    "stream order: transactions of others are of no concern",
    "[stream]"
)
{
    stranger other{db};
    other.run("CREATE TABLE others (id integer); BEGIN; INSERT INTO others VALUES (1)");

    store(next);

    CHECK(read(stream_start) == texts{"later"});
}

TEST_CASE_METHOD(
    order_contract,
    "stream order: whoever writes, every message is read once, in order",
    "[stream]"
)
{
    constexpr unsigned writers = 3;
    constexpr unsigned slow_writers = 3;
    constexpr unsigned readers = 3;
    constexpr unsigned rounds = 60;
    const std::vector followed{aureo, bela};
    const auto other_server = open_storage(db, log);
    std::vector<follower> followers;
    for (unsigned number = 0; number < readers; ++number) {
        followers.emplace_back(
            number == 0 ? *other_server : tested,
            followed[number % followed.size()],
            number + 1
        );
    }
    std::atomic<unsigned> writing{writers + slow_writers};
    std::atomic<unsigned> failed{0};

    race(writers + slow_writers + readers, [&](unsigned number) {
        std::mt19937 random{number};
        const auto one_of = [&](unsigned count) { return random() % count; };
        if (number < writers) {
            auto& server = number == 0 ? *other_server : tested;
            for (unsigned round = 0; round < rounds; ++round) {
                std::vector<submission> batch;
                for (auto left = 1 + one_of(4); left > 0; --left) {
                    const participant_id from{followed[one_of(2)].value};
                    const auto in = id_of<conversation_id>(30 + one_of(5));
                    batch.push_back(submission_of({{.in = in, .from = from, .to = ana}}));
                }
                for (const auto& done : server.messages().append(batch, soon()))
                    failed += done ? 0 : 1;
            }
            --writing;
        } else if (number < writers + slow_writers) {
            slow_writer one{db, followed[number % 2], id_of<conversation_id>(40 + number)};
            for (unsigned round = 0; round < rounds; ++round) {
                one.begin();
                for (auto left = one_of(3); left > 0; --left) {
                    one.write("slow");
                    std::this_thread::sleep_for(std::chrono::microseconds{one_of(3000)});
                }
                one.end(one_of(3) == 0 ? "ROLLBACK" : "COMMIT");
            }
            --writing;
        } else {
            auto& reader = followers[number - writers - slow_writers];
            while (writing > 0)
                reader.read();
            while (reader.read())
                continue;
        }
    });

    CHECK(failed == 0);
    for (unsigned number = 0; number < readers; ++number) {
        const auto& seen = followers[number].seen();
        CHECK_FALSE(followers[number].has_failed());
        std::vector<message> all;
        message_query rest{.filter = {.bot = followed[number % followed.size()]}};
        for (bool is_more = true; is_more;) {
            auto page = messages.list(rest, soon());
            REQUIRE(page);
            all.insert(all.end(), page->items.begin(), page->items.end());
            rest.from = page->next;
            is_more = page->next.has_value();
        }
        std::ranges::sort(all, {}, &message::arrival);
        CHECK(seen.size() == all.size());
        CHECK(seen == all);
    }
}
