#include "tests/contract/webhooks_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>

using namespace botcore;
using namespace std::chrono_literals;

using texts = std::vector<std::string>;

TEST_CASE_METHOD(webhooks_contract, "webhooks: a webhook is read back as it was put", "[webhooks]")
{
    const auto second = put(write_of("b-2", 2));
    auto write = write_of("a", 1);
    write.secrets = {secret_of(7), secret_of(8)};
    write.headers = {
        *webhook_header::parse("Authorization", "Basic YTpi"),
        *webhook_header::parse("x-Empty", ""),
        *webhook_header::parse("X", ": a:\tb,")};
    write.is_enabled = false;
    write.url = *web_address::parse("http://[::1]:8080/a%20b");
    write.events = *webhook_events::from_bits(2);
    const auto first = put(write);

    const auto found = webhooks.list(aureo, soon());

    REQUIRE(found);
    CHECK(*found == std::vector{first, second});
    CHECK(first.secrets == write.secrets);
    CHECK(first.headers == write.headers);
    CHECK(first.state == webhook_state::disabled);
    CHECK(second.secrets == std::vector{secret_of(2)});
    CHECK(webhooks.list(bela, soon())->empty());
}

TEST_CASE_METHOD(webhooks_contract, "webhooks: a webhook needs a registered bot", "[webhooks]")
{
    auto write = write_of("a");
    write.bot = id_of<bot_id>(99);

    CHECK(webhooks.put(write, soon()).error().code == errc::not_found);
    CHECK(webhooks.list(write.bot, soon()).error().code == errc::not_found);
}

TEST_CASE_METHOD(
    webhooks_contract,
    "webhooks: a change keeps the secrets and increases the version",
    "[webhooks]"
)
{
    const auto before = put(write_of("a", 1));
    auto change = write_of("a", 2);
    change.events = *webhook_events::from_bits(1);

    const auto after = webhooks.put(change, soon());
    const auto again = webhooks.put(change, soon());

    REQUIRE(after);
    CHECK_FALSE(after->is_new);
    CHECK_FALSE(after->has_new_secrets);
    CHECK(after->webhook.id == before.id);
    CHECK(after->webhook.secrets == before.secrets);
    CHECK(after->webhook.version == before.version + 1);
    CHECK(again->webhook == after->webhook);
}

TEST_CASE_METHOD(webhooks_contract, "webhooks: a change keeps headers that it does not name")
{
    auto request = write_of("a");
    request.headers = {*webhook_header::parse("Authorization", "Bearer a")};
    const auto before = put(request);
    say("1");
    CHECK(claim().at(0).webhook.headers == before.headers);

    request.headers.reset();
    CHECK(put(request) == before);
    request.headers = {*webhook_header::parse("Authorization", "Bearer b")};
    const auto changed = put(request);
    CHECK(changed.headers == request.headers);
    CHECK(changed.version == before.version + 1);
    request.headers = std::vector<webhook_header>{};
    CHECK(put(request).headers.empty());
    CHECK(webhooks.list(aureo, soon())->at(0).headers.empty());
}

TEST_CASE_METHOD(
    webhooks_contract,
    "webhooks: preconditions decide on changes and removals",
    "[webhooks]"
)
{
    auto write = write_of("a", 1);
    write.expected.any_of = {{5}};
    write.must_exist = true;
    CHECK(webhooks.put(write, soon()).error().code == errc::precondition_failed);

    const auto made = put(write_of("a", 1));
    CHECK(webhooks.put(write, soon()).error().code == errc::precondition_failed);
    write.expected = {};
    write.must_be_absent = true;
    CHECK(webhooks.put(write, soon()).error().code == errc::precondition_failed);

    webhook_removal removal{.bot = aureo, .name = hook_name("a"), .expected = {{{5}}}};
    CHECK(webhooks.remove(removal, soon()).error().code == errc::precondition_failed);
    removal.expected.any_of = {{made.version}};
    CHECK(webhooks.remove(removal, soon()));
    CHECK(webhooks.remove(removal, soon()).error().code == errc::not_found);
    CHECK(webhooks.list(aureo, soon())->empty());
}

TEST_CASE_METHOD(
    webhooks_contract,
    "webhooks: a bot has a limited number of webhooks",
    "[webhooks]"
)
{
    for (std::uint64_t number = 1; number <= webhook::each_bot_max; ++number)
        put(write_of("hook-" + std::to_string(number), number));

    const auto refused = webhooks.put(write_of("one-more", 99), soon());

    CHECK(refused.error().code == errc::invalid_argument);
}

TEST_CASE_METHOD(
    webhooks_contract,
    "webhooks: a webhook gets the events of its subscription",
    "[webhooks]"
)
{
    auto inbound = write_of("in", 1);
    inbound.events = *webhook_events::from_bits(1);
    auto outbound = write_of("out", 2);
    outbound.events = *webhook_events::from_bits(2);
    put(inbound);
    put(outbound);
    auto of_other = write_of("other", 3);
    of_other.bot = bela;
    put(of_other);
    store({.in = talk, .from = ana, .to = as_aureo, .text = "asked"});
    store({.in = talk, .from = as_aureo, .to = ana, .text = "answered"});

    std::set<std::pair<std::string, std::string>> received;
    for (const auto& one : claim())
        received.emplace(one.webhook.name.text(), one.message.content.text);

    CHECK(received == decltype(received){{"in", "asked"}, {"out", "answered"}});
}

TEST_CASE_METHOD(webhooks_contract, "webhooks: a disabled webhook queues nothing and sends nothing")
{
    const auto hook = put(write_of("a"));
    say("before");
    auto off = write_of("a");
    off.is_enabled = false;
    put(off);
    say("meanwhile");

    CHECK(claim().empty());
    CHECK(deliveries(hook.id).size() == 1);
    put(write_of("a"));
    say("after");

    CHECK(deliver_all() == texts{"before", "after"});
}

TEST_CASE_METHOD(webhooks_contract, "webhooks: a revived bot does not get its webhooks back")
{
    put(write_of("a"));
    say("one");
    REQUIRE(remove_bot(aureo));
    CHECK(claim().empty());
    CHECK(webhooks.list(aureo, soon()).error().code == errc::not_found);

    REQUIRE(add_bot(aureo, "Aureo"));
    CHECK(webhooks.list(aureo, soon())->empty());
    CHECK(claim().empty());
    while (*webhooks.sweep(1, soon()) > 0) {
    }
    put(write_of("a", 2));
    say("two");
    CHECK(deliver_all() == texts{"two"});
}

TEST_CASE_METHOD(
    webhooks_contract,
    "webhooks: the deliveries of a removed webhook are deleted in batches"
)
{
    const auto hook = put(write_of("a", 1));
    for (int count = 0; count < 5; ++count)
        say("text");
    REQUIRE(webhooks.remove({.bot = aureo, .name = hook_name("a")}, soon()));
    put(write_of("a", 2));

    while (*webhooks.sweep(2, soon()) > 0) {
    }

    CHECK(deliveries(hook.id).empty());
    CHECK(webhooks.list(aureo, soon())->size() == 1);
}

TEST_CASE_METHOD(webhooks_contract, "outbox: a refused append queues nothing")
{
    const auto hook = put(write_of("a"));
    const auto kept = say("first");
    const auto refused = append(submission_of(
        {{.in = talk, .from = ana, .to = as_aureo, .text = "fine"},
         {.in = talk, .from = ana, .to = as_aureo, .text = "other text", .id = kept.id}}
    ));
    CHECK_FALSE(refused);
    const auto again = append(
        submission_of({{.in = talk, .from = ana, .to = as_aureo, .text = "first", .id = kept.id}})
    );
    CHECK(again);

    CHECK(deliveries(hook.id).size() == 1);
}

TEST_CASE_METHOD(webhooks_contract, "outbox: a conversation is delivered in order, one at a time")
{
    put(write_of("a"));
    say("1");
    say("2");
    say("other", other_talk);

    auto first = claim();

    REQUIRE(first.size() == 2);
    CHECK(claim().empty());
    std::ranges::sort(first, {}, [](const auto& one) { return one.message.content.text; });
    CHECK(first[0].message.content.text == "1");
    deliver(first[0]);
    CHECK(deliver_all() == texts{"2"});
}

TEST_CASE_METHOD(webhooks_contract, "outbox: a failed delivery delays its own conversation only")
{
    put(write_of("a"));
    say("1");
    say("2");
    const auto failed = claim();
    REQUIRE(failed.size() == 1);
    settle(failed[0], {verdict::retry, 20s}, {.ended = now, .status = 500U});
    say("other", other_talk);

    CHECK(deliver_all() == texts{"other"});
    owned_backend->advance(10s);
    CHECK(claim().empty());
    owned_backend->advance(10s);
    const auto again = claim();
    REQUIRE(again.size() == 1);
    CHECK(again[0].message.content.text == "1");
    CHECK(again[0].tries == 1);
    deliver(again[0]);
    CHECK(deliver_all() == texts{"2"});
}

TEST_CASE_METHOD(webhooks_contract, "outbox: a dead delivery is kept, and lets the next ones pass")
{
    const auto hook = put(write_of("a"));
    const auto lost = say("1");
    say("2");
    bury(claim().at(0));

    CHECK(deliver_all() == texts{"2"});
    const auto dead = deliveries(hook.id, delivery_state::dead);
    REQUIRE(dead.size() == 1);
    CHECK(
        dead[0] ==
        delivery{
            .webhook = hook.id,
            .message = lost.id,
            .conversation = talk,
            .arrival = lost.arrival,
            .state = delivery_state::dead,
            .tries = 1,
            .last = attempt{.ended = now, .failure = "no answer"}}
    );
    CHECK(deliveries(hook.id).empty());
}

TEST_CASE_METHOD(webhooks_contract, "outbox: 410 disables the webhook and loses nothing")
{
    const auto hook = put(write_of("a"));
    say("1");
    settle(claim().at(0), {verdict::gone}, {.ended = now, .status = 410U});
    say("2");

    CHECK(claim().empty());
    const auto found = webhooks.list(aureo, soon())->at(0);
    CHECK(found.state == webhook_state::gone);
    CHECK(found.version > hook.version);
    put(write_of("a"));
    CHECK(deliver_all() == texts{"1"});
}

TEST_CASE_METHOD(
    webhooks_contract,
    "outbox: deliveries of a claimer that died are due again after the lease"
)
{
    put(write_of("a"));
    say("1");
    const auto lost = claim();
    REQUIRE(lost.size() == 1);
    CHECK(claim().empty());

    constexpr auto almost = 10s;
    owned_backend->advance(lease_length - almost);
    CHECK(claim().empty());
    owned_backend->advance(almost);
    const auto again = claim();
    REQUIRE(again.size() == 1);

    // Should the first one live after all, what it says does not count any more.
    settle(lost[0], {verdict::dead});
    CHECK(claim().empty());
    deliver(again[0]);
    owned_backend->advance(lease_length);
    CHECK(claim().empty());
}

TEST_CASE_METHOD(webhooks_contract, "outbox: a busy webhook leaves capacity for the others")
{
    const auto hook = put(write_of("busy", 1));
    put(write_of("other", 2));
    for (std::uint64_t number = 100; number < 110; ++number)
        say("text", id_of<conversation_id>(number));

    fair_slots slots{40};
    for (int count = 0; count < 3; ++count)
        slots.take(aureo, pace::unknown);
    const auto claimed = webhooks.claim(
        {.lease_length = lease_length,
         .lease = 77,
         .slots = slots,
         .each_webhook = 4,
         .busy = {{hook.id, 3}}},
        soon()
    );

    REQUIRE(claimed);
    const auto is_busy = [&](const auto& one) { return one.webhook.id == hook.id; };
    CHECK(std::ranges::count_if(*claimed, is_busy) == 1);
    CHECK(claimed->size() == 5);
}

TEST_CASE_METHOD(webhooks_contract, "outbox: one bot's deliveries leave slots for another's")
{
    for (std::uint64_t number = 1; number <= 20; ++number)
        put(write_of("hook-" + std::to_string(number), number));
    auto of_bela = write_of("good", 21);
    of_bela.bot = bela;
    const auto good = put(of_bela);
    for (std::uint64_t number = 100; number < 110; ++number)
        say("text", id_of<conversation_id>(number));
    constexpr std::size_t slot_count = 40;
    constexpr std::size_t each = 8;

    const auto of_aureo = claim(slot_count, each);
    CHECK(of_aureo.size() == 15);

    fair_slots slots{slot_count};
    for (std::size_t count = 0; count < of_aureo.size(); ++count)
        slots.take(aureo, pace::slow);
    for (std::uint64_t number = 200; number < 210; ++number)
        store({.in = id_of<conversation_id>(number), .from = ana, .to = as_bela, .text = "to bela"}
        );
    const auto claimed = webhooks.claim(
        {.lease_length = lease_length,
         .lease = 77,
         .slots = slots,
         .each_webhook = each,
         .pace_of = [&](webhook_id of) { return of == good.id ? pace::unknown : pace::slow; }},
        soon()
    );

    REQUIRE(claimed);
    const auto is_good = [&](const auto& one) { return one.webhook.id == good.id; };
    CHECK(std::ranges::all_of(*claimed, is_good));
    CHECK(claimed->size() == each);
}

TEST_CASE_METHOD(
    webhooks_contract,
    "outbox: one dead delivery, or all of them, can be queued again"
)
{
    const auto hook = put(write_of("a"));
    const auto first = say("1");
    say("2", other_talk);
    for (const auto& one : claim())
        bury(one);

    CHECK(*webhooks.redeliver(hook.id, first.id, soon()));
    CHECK(deliver_all() == texts{"1"});
    CHECK_FALSE(*webhooks.redeliver(hook.id, first.id, soon()));
    CHECK(*webhooks.redeliver_dead(hook.id, 10, soon()) == 1);
    const auto pending = deliveries(hook.id);
    REQUIRE(pending.size() == 1);
    CHECK(pending[0].tries == 0);
    CHECK_FALSE(pending[0].last);
    CHECK(deliver_all() == texts{"2"});
    CHECK(*webhooks.redeliver_dead(hook.id, 10, soon()) == 0);
}

TEST_CASE_METHOD(
    webhooks_contract,
    "outbox: a delivery that waits for its next attempt can be sent now"
)
{
    const auto hook = put(write_of("a"));
    const auto sent = say("1");
    settle(claim().at(0), {verdict::retry, 1h}, {.ended = now});
    CHECK(claim().empty());

    CHECK(*webhooks.redeliver(hook.id, sent.id, soon()));

    CHECK(deliver_all() == texts{"1"});
}

TEST_CASE_METHOD(webhooks_contract, "outbox: a replay queues the messages after a position again")
{
    const auto before = say("before");
    auto write = write_of("a");
    write.events = *webhook_events::from_bits(1);
    const auto hook = put(write);
    say("1");
    store({.in = talk, .from = as_aureo, .to = ana, .text = "not wanted"});
    say("2", other_talk);
    bury(claim(1).at(0));
    deliver_all();

    const auto all = webhooks.replay(hook.id, stream_start, 10, soon());
    REQUIRE(all);
    CHECK(all->queued == 3);
    CHECK(all->is_end);
    CHECK(deliveries(hook.id, delivery_state::dead).empty());
    CHECK(deliver_all().size() == 3);

    const auto piece = webhooks.replay(hook.id, position_in(aureo, before), 1, soon());
    REQUIRE(piece);
    CHECK_FALSE(piece->is_end);
    CHECK(piece->queued == 1);
    CHECK(webhooks.replay(hook.id, position_in(aureo, before), 10, soon())->queued == 1);
    CHECK(
        webhooks.replay(id_of<webhook_id>(9), stream_start, 10, soon()).error().code ==
        errc::not_found
    );
}

TEST_CASE_METHOD(webhooks_contract, "outbox: deliveries are listed in pages, both ways")
{
    const auto hook = put(write_of("a"));
    for (int count = 0; count < 5; ++count)
        say(std::to_string(count), count % 2 == 0 ? talk : other_talk);
    const auto all = deliveries(hook.id);
    REQUIRE(all.size() == 5);
    CHECK(std::ranges::is_sorted(all, {}, &delivery::arrival));

    const auto first = webhooks.deliveries({.webhook = hook.id, .limit = 2}, soon());
    const auto second =
        webhooks.deliveries({.webhook = hook.id, .limit = 2, .from = first->next}, soon());
    const auto back =
        webhooks.deliveries({.webhook = hook.id, .limit = 2, .from = second->previous}, soon());

    CHECK(first->items == std::vector{all[0], all[1]});
    CHECK(second->items == std::vector{all[2], all[3]});
    CHECK(back->items == first->items);
}

TEST_CASE_METHOD(webhooks_contract, "outbox: racing claimers share the work, and lose nothing")
{
    put(write_of("a"));
    constexpr std::size_t conversation_count = 8;
    constexpr std::size_t each = 10;
    std::mutex mutex;
    std::map<conversation_id, texts> seen;
    std::atomic<std::size_t> delivered{0};
    std::atomic<std::uint64_t> leases{0};
    std::atomic<bool> is_fine{true};

    const auto write = [&](std::size_t from) {
        for (std::size_t number = 0; number < each; ++number) {
            for (auto in = from; in < conversation_count; in += 2) {
                const message_spec one{
                    .in = id_of<conversation_id>(200 + in),
                    .from = ana,
                    .to = as_aureo,
                    .text = std::to_string(number)};
                const std::array<submission, 1> submissions{submission_of({one})};
                is_fine = messages.append(submissions, soon()).at(0).has_value() && is_fine;
            }
        }
    };
    const auto read = [&] {
        const auto until = soon();
        while (delivered < conversation_count * each && std::chrono::steady_clock::now() < until) {
            const delivery_claim claim{
                .lease_length = lease_length,
                .lease = ++leases,
                .slots = fair_slots{12},
                .each_webhook = 3};
            const auto claimed = webhooks.claim(claim, until);
            is_fine = claimed.has_value() && is_fine;
            if (!claimed)
                return;
            std::vector<delivery_settlement> settled;
            for (const auto& one : *claimed) {
                settled.push_back(settlement_of(one, {verdict::delivered}));
                const std::lock_guard lock{mutex};
                seen[one.message.conversation].push_back(one.message.content.text);
            }
            is_fine = webhooks.settle(settled, until).has_value() && is_fine;
            delivered += settled.size();
        }
    };
    race(4, [&](unsigned number) { number < 2 ? write(number) : read(); });

    CHECK(is_fine);
    CHECK(seen.size() == conversation_count);
    for (const auto& [conversation, received] : seen)
        CHECK(received == texts{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
    CHECK(claim().empty());
}
