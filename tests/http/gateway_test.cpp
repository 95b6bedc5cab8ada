#include "adapters/http/bridge/gateway.hpp"

#include "tests/http/echo_sender.hpp"

#include <botcore/memory/memory_storage.hpp>
#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>
#include <botcore/system/system_secrets.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
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
