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
        register_bot(bot);
        put(bot, hook, "a");
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

    void register_bot(bot_id id)
    {
        const std::array registrations{
            bot_registration{.id = id, .name = *bot_name::parse("Aureo")}};
        REQUIRE(storage.bots().add(registrations, soon()).at(0));
    }

    void put(bot_id of, webhook_id id, std::string_view name)
    {
        REQUIRE(storage.webhooks().put(
            {.bot = of,
             .name = *webhook_name::parse(name),
             .url = *web_address::parse("https://example.com/"),
             .events = *webhook_events::from_bits(3),
             .fresh = {.id = id, .secret = webhook_secret{std::vector<std::uint8_t>(32)}}},
            soon()
        ));
    }

    void say(std::uint8_t conversation) { say(conversation, bot); }

    void say(std::uint8_t conversation, bot_id to)
    {
        const entry one{
            .draft =
                {.id = {},
                 .conversation = {uuid_of(conversation)},
                 .stamp = {},
                 .ends = {{uuid_of(9)}, {to.value}},
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

TEST_CASE_METHOD(
    worker_fixture,
    "outbox_worker: 40 receivers that never answer delay no receiver of another bot",
    "[webhooks]"
)
{
    options.each_webhook_max = 8;
    constexpr std::uint8_t good_count = 20;
    for (const auto number : std::array<std::uint8_t, 2>{10, 11}) {
        register_bot({uuid_of(number)});
        for (std::uint8_t count = 0; count < 20; ++count) {
            const auto id = static_cast<std::uint8_t>(100 * (number - 9) + count);
            put({uuid_of(number)}, {uuid_of(id)}, "hook-" + std::to_string(count));
        }
        for (std::uint8_t count = 0; count < 10; ++count)
            say(static_cast<std::uint8_t>(10 * number + count), {uuid_of(number)});
    }
    std::size_t delivered = 0;
    thread = std::thread{[&] {
        worker.run([&](const claimed_delivery& delivery) {
            if (delivery.webhook.id == hook)
                worker.finished(delivery, {.ended = ended_at, .status = 204U});
            const std::lock_guard lock{mutex};
            delivered += delivery.webhook.id == hook ? 1U : 0U;
            deliveries.push_back(delivery);
            changed.notify_all();
        });
    }};

    // Three quarters of the slots are for receivers of unknown pace. Each of the two bots takes a
    // third of them, so a third is left.
    REQUIRE(wait_for(64).size() == 64);
    for (std::uint8_t count = 0; count < good_count; ++count)
        say(count, bot);

    REQUIRE(wait_for(64 + good_count).size() == 64 + good_count);
    const std::lock_guard lock{mutex};
    CHECK(delivered == good_count);
}
