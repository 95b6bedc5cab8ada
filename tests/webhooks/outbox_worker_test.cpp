#include "adapters/webhooks/outbox_worker.hpp"

#include <botcore/memory/memory_storage.hpp>
#include <botcore/ports/log.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <condition_variable>
#include <mutex>
#include <prometheus/registry.h>
#include <string>
#include <thread>
#include <vector>

using namespace botcore;
using namespace botapi::webhooks;
using namespace std::chrono_literals;

namespace {

constexpr instant ended_at{std::chrono::hours{12}};

class silent_log final : public botcore::log {
public:
    void write(severity, std::string_view, std::span<const log_field>) override {}
};

uuid uuid_of(std::uint8_t number)
{
    uuid::bytes_type bytes{};
    bytes[0] = number;
    return uuid{bytes};
}

deadline soon()
{
    return std::chrono::steady_clock::now() + 30s;
}

/// A worker on a thread of its own, and the deliveries that it started to send.
struct worker_fixture {
    worker_fixture()
    {
        const std::array registrations{
            bot_registration{.id = bot, .name = *bot_name::parse("Aureo")}};
        REQUIRE(storage.bots().add(registrations, soon()).at(0));
        REQUIRE(storage.webhooks().put(
            {.bot = bot,
             .name = *webhook_name::parse("a"),
             .url = *web_address::parse("https://example.com/"),
             .events = *webhook_events::from_bits(3),
             .fresh = {.id = hook, .secret = webhook_secret{std::vector<std::uint8_t>(32)}}},
            soon()
        ));
        options.each_webhook_max = 2;
        options.drain_max = 200ms;
        options.poll = 10ms;
    }

    ~worker_fixture()
    {
        worker.stop();
        if (thread.joinable())
            thread.join();
    }

    worker_fixture(const worker_fixture&) = delete;
    worker_fixture& operator=(const worker_fixture&) = delete;

    void start()
    {
        thread = std::thread{[this] {
            worker.run([this](const claimed_delivery& delivery) {
                const std::lock_guard lock{mutex};
                deliveries.push_back(delivery);
                changed.notify_all();
            });
        }};
    }

    void say(std::uint8_t conversation)
    {
        const entry one{
            .draft =
                {.id = {},
                 .conversation = {uuid_of(conversation)},
                 .stamp = {},
                 .ends = {{uuid_of(9)}, {bot.value}},
                 .content = {"Oi!"}},
            .id = {uuid_of(static_cast<std::uint8_t>(100 + ++message_count))},
            .stamp = *timestamp::parse("2026-01-01T00:00:00Z")};
        const std::array submissions{submission{.entries = {one}}};
        REQUIRE(storage.messages().append(submissions, soon()).at(0));
        worker.wake();
    }

    /// Waits for `count` deliveries, and returns all so far. Nothing after 30 s.
    std::vector<claimed_delivery> wait_for(std::size_t count)
    {
        std::unique_lock lock{mutex};
        const auto has_enough = [&] { return deliveries.size() >= count; };
        if (!changed.wait_for(lock, 30s, has_enough))
            return {};
        return deliveries;
    }

    std::size_t pending()
    {
        return storage.webhooks().deliveries({.webhook = hook}, soon())->items.size();
    }

    const bot_id bot{uuid_of(1)};
    const webhook_id hook{uuid_of(2)};
    memory::memory_storage storage;
    silent_log log;
    prometheus::Registry registry;
    sender_metrics metrics{registry};
    sender_options options;
    outbox_worker worker{options, storage.webhooks(), log, metrics};
    std::thread thread;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<claimed_delivery> deliveries;
    unsigned message_count = 0;
};

}  // namespace

TEST_CASE_METHOD(
    worker_fixture,
    "outbox_worker: the limit of concurrent requests is kept",
    "[webhooks]"
)
{
    say(1);
    say(2);
    say(3);
    start();

    const auto first = wait_for(2);
    REQUIRE(first.size() == 2);
    worker.finished(first[0], {.ended = ended_at, .status = 200U});

    const auto more = wait_for(3);
    REQUIRE(more.size() == 3);
    worker.finished(more[1], {.ended = ended_at, .status = 200U});
    worker.finished(more[2], {.ended = ended_at, .status = 200U});
    worker.stop();
    thread.join();
    CHECK(pending() == 0);
    CHECK(metrics.delivered.Value() == 3);
    CHECK(metrics.in_flight.Value() == 0);
}

TEST_CASE_METHOD(
    worker_fixture,
    "outbox_worker: a request that ends after the stop is settled",
    "[webhooks]"
)
{
    options.drain_max = 30s;
    say(1);
    say(1);
    start();
    const auto first = wait_for(1);
    REQUIRE(first.size() == 1);

    worker.stop();
    worker.finished(first[0], {.ended = ended_at, .status = 204U});
    thread.join();

    CHECK(deliveries.size() == 1);
    CHECK(pending() == 1);
}

TEST_CASE_METHOD(
    worker_fixture,
    "outbox_worker: the stop waits for drain_max at most",
    "[webhooks]"
)
{
    say(1);
    start();
    REQUIRE(wait_for(1).size() == 1);

    worker.stop();
    thread.join();

    CHECK(pending() == 1);
}

TEST_CASE_METHOD(
    worker_fixture,
    "outbox_worker: a failed delivery is due again by the schedule",
    "[webhooks]"
)
{
    options.retries = {1h};
    say(1);
    say(2);
    start();
    const auto both = wait_for(2);
    REQUIRE(both.size() == 2);
    worker.finished(both[0], {.ended = ended_at, .status = 500U});
    worker.finished(both[1], {.ended = ended_at, .failure = "no answer"});
    worker.stop();
    thread.join();

    const auto waiting = storage.webhooks().deliveries({.webhook = hook}, soon())->items;
    REQUIRE(waiting.size() == 2);
    CHECK(waiting[0].tries == 1);
    CHECK(metrics.failed.Value() == 2);
}

TEST_CASE_METHOD(
    worker_fixture,
    "outbox_worker: a retry that is due soon does not wait for the next poll",
    "[webhooks]"
)
{
    options.retries = {80ms, 150ms};
    options.poll = 1h;
    say(1);
    start();
    const auto first = wait_for(1);
    REQUIRE(first.size() == 1);
    worker.finished(first[0], {.ended = ended_at, .status = 500U});

    const auto second = wait_for(2);
    REQUIRE(second.size() == 2);
    CHECK(second[1].tries == 1);
    worker.finished(second[1], {.ended = ended_at, .status = 500U});
    REQUIRE(wait_for(3).size() == 3);
}
