#include "adapters/http/bridge/gateway.hpp"

#include "tests/http/echo_sender.hpp"
#include "tests/http/run.hpp"

#include <botcore/memory/memory_storage.hpp>
#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>
#include <botcore/system/system_secrets.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <prometheus/registry.h>
#include <thread>

using namespace botapi::http;
using namespace botapi::http::testing;
using namespace std::chrono_literals;

namespace {

/// A store whose lists take a while, and which notes how many were read at once.
class slow_lists final : public botcore::message_store {
public:
    std::vector<botcore::result<std::vector<botcore::appended>>> append(
        std::span<const botcore::submission> submissions,
        botcore::deadline until
    ) override
    {
        return sound_.append(submissions, until);
    }

    botcore::result<std::vector<std::optional<botcore::message>>> find(
        std::span<const botcore::message_id> ids,
        const botcore::read_terms& terms
    ) override
    {
        return sound_.find(ids, terms);
    }

    botcore::result<botcore::message_page> list(
        const botcore::message_query& query,
        const botcore::read_terms& terms
    ) override
    {
        const int now = ++running_;
        int most = most_;
        while (most < now && !most_.compare_exchange_weak(most, now)) {
        }
        std::this_thread::sleep_for(20ms);
        --running_;
        return sound_.list(query, terms);
    }

    botcore::result<std::vector<botcore::list_version>> versions(
        std::span<const botcore::message_filter> filters,
        const botcore::read_terms& terms
    ) override
    {
        return sound_.versions(filters, terms);
    }

    [[nodiscard]] int most() const { return most_; }

private:
    botcore::memory::memory_storage storage_;
    botcore::message_store& sound_ = storage_.messages();
    std::atomic<int> running_{0};
    std::atomic<int> most_{0};
};

/// A store that refuses calls with the errors in `refusals`, one after another.
class refusing_messages final : public botcore::message_store {
public:
    std::vector<botcore::result<std::vector<botcore::appended>>> append(
        std::span<const botcore::submission> submissions,
        botcore::deadline until
    ) override
    {
        if (auto why = next())
            return {submissions.size(), *why};
        return sound_.append(submissions, until);
    }

    botcore::result<std::vector<std::optional<botcore::message>>> find(
        std::span<const botcore::message_id> ids,
        const botcore::read_terms& terms
    ) override
    {
        if (auto why = next())
            return *why;
        return sound_.find(ids, terms);
    }

    botcore::result<botcore::message_page> list(
        const botcore::message_query& query,
        const botcore::read_terms& terms
    ) override
    {
        if (auto why = next())
            return *why;
        return sound_.list(query, terms);
    }

    botcore::result<std::vector<botcore::list_version>> versions(
        std::span<const botcore::message_filter> filters,
        const botcore::read_terms& terms
    ) override
    {
        return sound_.versions(filters, terms);
    }

    std::vector<botcore::errc> refusals{};  ///< The last one comes first.
    std::atomic<int> calls{0};

private:
    std::optional<botcore::error> next()
    {
        ++calls;
        if (refusals.empty())
            return std::nullopt;
        const auto code = refusals.back();
        refusals.pop_back();
        return botcore::refuse(code, "no");
    }

    botcore::memory::memory_storage storage_;
    botcore::message_store& sound_ = storage_.messages();
};

/// A storage that had an outage a moment ago.
class failed_storage final : public botcore::storage {
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

struct gateway_fixture {
    gateway_fixture() = default;
    ~gateway_fixture() { core.join(); }

    gateway_fixture(const gateway_fixture&) = delete;
    gateway_fixture& operator=(const gateway_fixture&) = delete;

    void list(const botcore::message_filter& filter)
    {
        const auto read = [this, filter]() -> boost::asio::awaitable<void> {
            const auto until = std::chrono::steady_clock::now() + 30s;
            const auto page = co_await core.list({.filter = filter}, until);
            answered += page ? 1 : 0;
        };
        boost::asio::co_spawn(loop, read, boost::asio::detached);
    }

    boost::asio::io_context loop;
    slow_lists store;
    botcore::memory::memory_storage storage;
    botcore::system::system_clock clock;
    botcore::system::system_ids ids{clock};
    botcore::bot_service bots{storage.bots(), ids};
    botcore::message_service messages{store, clock, ids};
    botcore::conversation_service conversations{storage.conversations()};
    botcore::system::system_secrets secrets;
    botcore::key_service keys{storage.keys(), clock, ids, secrets};
    botcore::stream_service streams{storage.streams()};
    botcore::token_service tokens{clock};
    echo_sender sender;
    botcore::webhook_service webhooks{storage.webhooks(), sender, clock, ids, secrets, {}};
    server_options options{};
    metrics counts{std::make_shared<prometheus::Registry>()};
    gateway core{
        {bots, messages, conversations, keys, streams, tokens, webhooks, storage},
        options,
        counts};
    int answered = 0;
};

/// A gateway whose storage was away until some time after a call began.
struct failover_fixture {
    failover_fixture()
    {
        const auto now = std::chrono::steady_clock::now();
        storage.last = botcore::outage{.began = now, .ended = now + 1h};
    }
    ~failover_fixture() { core.join(); }

    failover_fixture(const failover_fixture&) = delete;
    failover_fixture& operator=(const failover_fixture&) = delete;

    botcore::submission greeting()
    {
        const botcore::message_input input{
            .conversation_id = "36b9f842-ee97-11e8-9443-0242ac120003",
            .from = bot,
            .to = "16edd3b3-3f75-40df-af07-2a3813a79ce9",
            .text = "hello"};
        std::vector<botcore::draft> drafts{*messages.parse(input)};
        return *messages.prepare(std::move(drafts));
    }

    auto append()
    {
        return run(loop, core.append(greeting(), 0, std::chrono::steady_clock::now() + 30s));
    }

    static constexpr const char* bot = "36b9f842-ee97-11e8-9443-0242ac120002";

    boost::asio::io_context loop;
    refusing_messages store;
    failed_storage storage;
    botcore::system::system_clock clock;
    botcore::system::system_ids ids{clock};
    botcore::bot_service bots{storage.bots(), ids};
    botcore::message_service messages{store, clock, ids};
    botcore::conversation_service conversations{storage.conversations()};
    botcore::system::system_secrets secrets;
    botcore::key_service keys{storage.keys(), clock, ids, secrets};
    botcore::stream_service streams{storage.streams()};
    botcore::token_service tokens{clock};
    echo_sender sender;
    botcore::webhook_service webhooks{storage.webhooks(), sender, clock, ids, secrets, {}};
    server_options options{};
    metrics counts{std::make_shared<prometheus::Registry>()};
    gateway core{
        {bots, messages, conversations, keys, streams, tokens, webhooks, storage},
        options,
        counts};
};

}  // namespace

TEST_CASE_METHOD(gateway_fixture, "gateway: lists that may scan are read one at a time", "[http]")
{
    const botcore::message_filter scanning{
        .conversation = botcore::conversation_id{},
        .way = botcore::direction::inbound};
    for (int number = 0; number < 6; ++number)
        list(scanning);
    loop.run();

    CHECK(answered == 6);
    CHECK(store.most() == 1);
}

TEST_CASE_METHOD(gateway_fixture, "gateway: lists that an index serves are read at once", "[http]")
{
    for (int number = 0; number < 6; ++number)
        list({.conversation = botcore::conversation_id{}});
    loop.run();

    CHECK(answered == 6);
    CHECK(store.most() > 1);
}

// The store in memory knows no bots, so it answers `unknown_bot`: the submission got there whole.
TEST_CASE_METHOD(
    failover_fixture,
    "gateway: an append that an outage refused is submitted again, whole",
    "[http]"
)
{
    using botcore::errc;

    store.refusals = {errc::unavailable, errc::unavailable};

    const auto stored = append();

    CHECK(store.calls == 3);
    REQUIRE_FALSE(stored);
    CHECK(stored.error().code == errc::unknown_bot);
}

TEST_CASE_METHOD(
    failover_fixture,
    "gateway: what may be stored already, or was refused for another reason, is not repeated",
    "[http]"
)
{
    using botcore::errc;

    const auto code = GENERATE(errc::outcome_unknown, errc::storage_full, errc::internal);
    store.refusals = {code};

    const auto stored = append();

    CHECK(store.calls == 1);
    CHECK(stored.error().code == code);
}

TEST_CASE_METHOD(
    failover_fixture,
    "gateway: a refusal long after the outage is passed on",
    "[http]"
)
{
    using botcore::errc;

    storage.last->ended = storage.last->began;
    store.refusals = {errc::unavailable};

    const auto stored = append();

    CHECK(store.calls == 1);
    CHECK(stored.error().code == errc::unavailable);
}

TEST_CASE_METHOD(failover_fixture, "gateway: reads that an outage refused are repeated", "[http]")
{
    using botcore::errc;

    const auto until = std::chrono::steady_clock::now() + 30s;
    store.refusals = {errc::unavailable};
    const botcore::grant everything;
    const auto found = run(loop, core.get(botcore::message_id{}, everything, until));
    CHECK(found.error().code == errc::not_found);
    CHECK(store.calls == 2);

    store.refusals = {errc::unavailable};
    const botcore::message_filter filter{.conversation = botcore::conversation_id{}};
    CHECK(run(loop, core.list({.filter = filter}, until)));
    CHECK(store.calls == 4);

    int calls = 0;
    auto work = [&](services&) -> std::vector<botcore::result<>> {
        if (++calls > 1)
            return {botcore::result<>{}};
        return {botcore::refuse(errc::unavailable, "no")};
    };
    CHECK(run(loop, core.run(work, until)).front());
    CHECK(calls == 2);
}

TEST_CASE_METHOD(
    failover_fixture,
    "gateway: calls that some parts of the storage have stored are not repeated",
    "[http]"
)
{
    int calls = 0;
    auto work = [&](services&) -> std::vector<botcore::result<>> {
        ++calls;
        return {botcore::result<>{}, botcore::refuse(botcore::errc::unavailable, "no")};
    };

    const auto answers = run(loop, core.run(work, std::chrono::steady_clock::now() + 30s));

    CHECK(calls == 1);
    CHECK(answers.front());
}

TEST_CASE_METHOD(
    failover_fixture,
    "gateway: while the storage is away, calls wait until it gives up",
    "[http]"
)
{
    storage.last = botcore::outage{.began = std::chrono::steady_clock::now()};
    const botcore::grant everything;
    const auto get = [&]() -> boost::asio::awaitable<botcore::result<botcore::message>> {
        const auto executor = co_await boost::asio::this_coro::executor;
        boost::asio::post(executor, [this] {
            core.look_around(std::chrono::steady_clock::now() + 20s);
        });
        const auto until = std::chrono::steady_clock::now() + 30s;
        co_return co_await core.get(botcore::message_id{}, everything, until);
    };

    const auto found = run(loop, get());

    CHECK(store.calls == 0);
    CHECK(found.error().code == botcore::errc::unavailable);
    CHECK(counts.text().find("botapi_held_requests_total 1\n") != std::string::npos);
    CHECK(counts.text().find("botapi_held_requests 0\n") != std::string::npos);
}
