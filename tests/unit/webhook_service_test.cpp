#include "tests/unit/fakes.hpp"

#include <botcore/app/webhook_service.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

namespace {

/// Sends nothing, and counts how often it was woken.
class idle_sender final : public webhook_sender {
public:
    void wake() override { ++count_; }

    result<> try_out(const webhook& /*tried*/, std::function<void(webhook_trial)> done) override
    {
        done({.status = 204U});
        return {};
    }

    [[nodiscard]] int count() const noexcept { return count_; }

private:
    int count_ = 0;
};

class absent_webhooks final : public webhook_store {
public:
    result<written_webhook> put(const webhook_write& /*write*/, deadline /*until*/) override
    {
        return away();
    }
    result<std::vector<webhook>> list(bot_id /*bot*/, const read_terms& /*terms*/) override
    {
        return away();
    }
    result<> remove(const webhook_removal& /*write*/, deadline /*until*/) override
    {
        return away();
    }
    result<std::vector<claimed_delivery>> claim(
        const delivery_claim& /*write*/,
        deadline /*until*/
    ) override
    {
        return away();
    }
    result<> settle(std::span<const delivery_settlement> /*settled*/, deadline /*until*/) override
    {
        return away();
    }
    result<delivery_page> deliveries(const delivery_query& /*query*/, const read_terms& /*terms*/)
        override
    {
        return away();
    }
    result<bool> redeliver(webhook_id /*webhook*/, message_id /*one*/, deadline /*until*/) override
    {
        return away();
    }
    result<std::size_t> redeliver_dead(
        webhook_id /*webhook*/,
        std::size_t /*limit*/,
        deadline /*until*/
    ) override
    {
        return away();
    }
    result<replay_progress> replay(
        webhook_id /*webhook*/,
        const stream_position& /*after*/,
        std::size_t /*limit*/,
        deadline /*until*/
    ) override
    {
        return away();
    }
    result<std::size_t> sweep(std::size_t /*limit*/, deadline /*until*/) override { return away(); }

private:
    static error away() { return refuse(errc::unavailable, "The store is away."); }
};

struct webhooks_fixture {
    memory::memory_storage storage;
    manual_clock clock{stamp_of("2026-01-01T00:00:00Z").at()};
    sequence_ids ids;
    counted_secrets secrets;
    idle_sender sender;
    webhook_service webhooks{storage.webhooks(), sender, clock, ids, secrets, {}};
    const bot_id bot = id_of<bot_id>(11);

    webhooks_fixture()
    {
        const std::array added{bot_registration{.id = bot, .name = *bot_name::parse("Aureo")}};
        REQUIRE(storage.bots().add(added, soon).at(0));
    }

    static webhook_input good_input()
    {
        return {.url = "https://example.com/hook", .events = {"message.inbound"}};
    }

    webhook make(std::string_view name)
    {
        const auto write = webhooks.prepare(bot, name, good_input());
        REQUIRE(write);
        return webhooks.put(*write, soon)->webhook;
    }

    std::vector<std::string> faults(const webhook_input& input)
    {
        const auto refused = webhooks.prepare(bot, "a", input);
        REQUIRE_FALSE(refused);
        std::vector<std::string> pointers;
        for (const auto& one : refused.error().faults)
            pointers.push_back(one.pointer);
        return pointers;
    }

    /// Stores `count` messages to the bot, one conversation each, and gives all of them up.
    void bury(std::size_t count)
    {
        for (std::size_t number = 0; number < count; ++number) {
            const std::array one{
                submission_of({{.id = 1'000 + number, .conversation = number, .from = 21, .to = 11}}
                )};
            REQUIRE(storage.messages().append(one, soon).at(0));
        }
        const auto claimed = storage.webhooks().claim(
            {.lease_length = std::chrono::seconds{30},
             .lease = 1,
             .slots = fair_slots{4 * count},
             .each_webhook = count},
            soon
        );
        REQUIRE(claimed->size() == count);
        std::vector<delivery_settlement> settled;
        for (const auto& one : *claimed) {
            settled.push_back(
                {.webhook = one.webhook.id,
                 .conversation = one.message.conversation,
                 .arrival = one.message.arrival,
                 .lease = one.lease,
                 .judgement = {verdict::dead},
                 .attempt = {}}
            );
        }
        REQUIRE(storage.webhooks().settle(settled, soon));
    }
};

}  // namespace

TEST_CASE_METHOD(webhooks_fixture, "webhook_service: all faults are reported together", "[app]")
{
    CHECK(faults({}) == std::vector<std::string>{"/url", "/events"});
    CHECK(
        faults({
            .url = "https://example.com:0",
            .events = {"message.inbound", "message"},
            .secrets = {"whsec_", "secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
        }) == std::vector<std::string>{"/url", "/events/1", "/secrets/0", "/secrets/1", "/secrets"}
    );
}

TEST_CASE_METHOD(webhooks_fixture, "webhook_service: faulty headers are named", "[app]")
{
    auto input = good_input();
    input.headers = {{"a/b~", "1"}, {"X", "1"}, {"host", "1"}, {"x", "2"}, {"Y", "a\nb"}};
    CHECK(
        faults(input) ==
        std::vector<std::string>{"/headers/a~1b~0", "/headers/host", "/headers/x", "/headers/Y"}
    );

    input.headers.emplace();
    std::vector<std::string> names;
    for (std::size_t count = 0; count <= webhook::header_count_max; ++count)
        names.push_back("X-" + std::to_string(count));
    for (const auto& name : names)
        input.headers->emplace_back(name, "1");
    CHECK(faults(input) == std::vector<std::string>{"/headers"});
    input.headers->pop_back();
    CHECK(webhooks.prepare(bot, "a", input)->headers->size() == webhook::header_count_max);
}

TEST_CASE_METHOD(webhooks_fixture, "webhook_service: http needs the operator's permission", "[app]")
{
    auto input = good_input();
    input.url = "http://example.com/";
    CHECK(faults(input) == std::vector<std::string>{"/url"});

    webhook_service open{storage.webhooks(), sender, clock, ids, secrets, {.allows_http = true}};
    CHECK(open.prepare(bot, "a", input));
}

TEST_CASE_METHOD(webhooks_fixture, "webhook_service: a webhook without a secret gets one", "[app]")
{
    const auto first = make("a");
    const auto second = make("b");

    REQUIRE(first.secrets.size() == 1);
    CHECK(first.secrets[0].bytes().size() == 32);
    CHECK(first.secrets != second.secrets);
    CHECK(make("a").secrets == first.secrets);
    CHECK(sender.count() == 3);
}

TEST_CASE_METHOD(
    webhooks_fixture,
    "webhook_service: a webhook created again is a different one",
    "[app]"
)
{
    const auto before = make("a");
    REQUIRE(webhooks.remove(bot, "a", {}, soon));
    CHECK(webhooks.get(bot, "a", soon).error().code == errc::not_found);
    clock.set(clock.now() + std::chrono::seconds{1});

    const auto after = make("a");

    CHECK(after.id != before.id);
    CHECK(after.version > before.version);
    CHECK(*webhooks.get(bot, "a", soon) == after);
}

TEST_CASE_METHOD(webhooks_fixture, "webhook_service: a malformed name is not found", "[app]")
{
    CHECK(webhooks.prepare(bot, "A b", good_input()).error().code == errc::invalid_argument);
    CHECK(webhooks.get(bot, "A b", soon).error().code == errc::not_found);
    CHECK(webhooks.remove(bot, "A b", {}, soon).error().code == errc::not_found);
    CHECK(webhooks.get(id_of<bot_id>(9), "a", soon).error().code == errc::not_found);
}

TEST_CASE_METHOD(webhooks_fixture, "webhook_service: dead deliveries are queued again", "[app]")
{
    const auto hook = make("a");
    bury(1'500);
    const auto dead =
        webhooks.deliveries({.webhook = hook.id, .state = delivery_state::dead}, soon);
    const auto name = delivery_name(hook.id, dead->items.at(0).message);

    CHECK(webhooks.redeliver(hook, name, soon));
    CHECK(webhooks.redeliver(hook, "msg_1", soon).error().code == errc::not_found);
    const auto all = webhooks.redeliver_dead(hook, soon);

    REQUIRE(all);
    CHECK(all->queued == 1'499);
    CHECK(all->is_end);
    CHECK(sender.count() == 3);
}

TEST_CASE_METHOD(webhooks_fixture, "webhook_service: a replay continues to the end", "[app]")
{
    const auto hook = make("a");
    bury(1'500);

    const auto done = webhooks.replay(hook, stream_start, soon);

    REQUIRE(done);
    CHECK(done->queued == 1'500);
    CHECK(done->reached.order() == 1'500);
    CHECK(done->is_end);
}

TEST_CASE_METHOD(
    webhooks_fixture,
    "webhook_service: long work ends while there is time to answer",
    "[app]"
)
{
    const auto hook = make("a");
    bury(2'500);
    const auto until = soon;
    const auto in_time = until - std::chrono::milliseconds{2'001};
    const auto too_late = until - std::chrono::seconds{2};

    clock.set_steady(too_late);
    const auto redelivery = webhooks.redeliver_dead(hook, until);
    const auto replay = webhooks.replay(hook, stream_start, until);
    REQUIRE(redelivery);
    CHECK(redelivery->queued == 1'000);
    CHECK_FALSE(redelivery->is_end);
    REQUIRE(replay);
    CHECK(replay->reached.order() == 1'000);
    CHECK_FALSE(replay->is_end);

    clock.set_steady(in_time);
    CHECK(webhooks.redeliver_dead(hook, until)->is_end);
    CHECK(webhooks.replay(hook, replay->reached, until)->is_end);
}

TEST_CASE_METHOD(webhooks_fixture, "webhook_service: an unavailable store is reported", "[app]")
{
    const auto hook = make("a");
    absent_webhooks nothing;
    webhook_service tested{nothing, sender, clock, ids, secrets, {}};
    const auto name = delivery_name(hook.id, id_of<message_id>(1));
    const int woken = sender.count();

    CHECK(
        tested.put(*tested.prepare(bot, "a", good_input()), soon).error().code == errc::unavailable
    );
    CHECK(tested.get(bot, "a", soon).error().code == errc::unavailable);
    CHECK(tested.remove(bot, "a", {}, soon).error().code == errc::unavailable);
    CHECK(tested.redeliver(hook, name, soon).error().code == errc::unavailable);
    CHECK(tested.redeliver_dead(hook, soon).error().code == errc::unavailable);
    CHECK(tested.replay(hook, stream_start, soon).error().code == errc::unavailable);
    CHECK(sender.count() == woken);
}
