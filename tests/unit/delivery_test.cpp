#include "tests/support/printers.hpp"

#include <botcore/domain/delivery.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

using namespace botcore;
using namespace std::chrono_literals;

namespace {

constexpr instant start{std::chrono::hours{24 * 365 * 50}};

uuid filled_with(std::uint8_t byte)
{
    uuid::bytes_type digits{};
    digits.fill(byte);
    return uuid{digits};
}

/// When the tries of a delivery are made to a receiver that always answers `status`, and what
/// comes of it at last. A try takes no time.
struct delivery_history {
    std::vector<std::chrono::nanoseconds> tries{};
    verdict last = verdict::retry;
};

delivery_history try_until_the_end(unsigned status, double jitter)
{
    delivery_history seen;
    instant now = start;
    while (seen.last == verdict::retry) {
        seen.tries.push_back(now - start);
        const attempt made{.ended = now, .status = status};
        const auto judged = judge(made, seen.tries.size(), default_retry_schedule(), jitter);
        seen.last = judged.verdict;
        now += judged.pause;
    }
    return seen;
}

}  // namespace

TEST_CASE("judge: a delivery is dead after ten attempts within a day", "[delivery]")
{
    const auto seen = try_until_the_end(500, 0);

    const std::vector<std::chrono::nanoseconds> expected{
        0s,
        5s,
        35s,
        2min + 35s,
        12min + 35s,
        42min + 35s,
        1h + 42min + 35s,
        4h + 42min + 35s,
        10h + 42min + 35s,
        22h + 42min + 35s};
    CHECK(seen.tries == expected);
    CHECK(seen.last == verdict::dead);
}

TEST_CASE("judge: jitter makes pauses up to a tenth longer", "[delivery]")
{
    const auto seen = try_until_the_end(503, 1);
    CHECK(seen.tries.at(1) == 5'500ms);
    CHECK(seen.tries.at(2) == 5'500ms + 33s);
    CHECK(judge({.ended = start, .status = 500U}, 1, {10s}, 0.5).pause == 10'500ms);
}

TEST_CASE("judge: every 2xx is a success, and nothing else is", "[delivery]")
{
    for (unsigned status = 100; status < 600; ++status) {
        const auto verdict = judge({.ended = start, .status = status}, 1, {5s}, 0).verdict;
        const auto expected = status >= 200 && status < 300 ? verdict::delivered
                              : status == 410               ? verdict::gone
                                                            : verdict::retry;
        CHECK(verdict == expected);
    }
    CHECK(judge({.ended = start, .failure = "timeout"}, 1, {5s}, 0).verdict == verdict::retry);
    CHECK(judge({.ended = start, .failure = "timeout"}, 2, {5s}, 0).verdict == verdict::dead);
}

TEST_CASE("judge: a receiver can request a longer pause, but not a shorter one", "[delivery]")
{
    const auto pause = [](std::chrono::seconds requested) {
        const attempt made{.ended = start, .status = 429U, .retry_after = requested};
        return judge(made, 1, {5s}, 0).pause;
    };

    CHECK(pause(60s) == 60s);
    CHECK(pause(1s) == 5s);
    CHECK(pause(std::chrono::seconds::max()) == 24h);
}

// The expected digits are those of an independent SHA-256, over what content_hash_test.cpp
// describes.
TEST_CASE(
    "delivery_name: the name is unique for each webhook and message, and is parsed back",
    "[delivery]"
)
{
    const webhook_id hook{filled_with(1)};
    const webhook_id other{filled_with(2)};
    const message_id sent{filled_with(0xab)};

    const auto name = delivery_name(hook, sent);

    CHECK(name == "msg_abababababababababababababababab_cfe6689cf2e365a7");
    CHECK(name == delivery_name(hook, sent));
    CHECK(parse_delivery_name(hook, name) == sent);
    CHECK_FALSE(parse_delivery_name(other, name));
    for (std::size_t at = 0; at < name.size(); ++at) {
        for (const char changed : {'!', '0', 'f', 'z'}) {
            auto wrong = name;
            wrong[at] = changed;
            const auto read = parse_delivery_name(hook, wrong);
            CHECK((!read || delivery_name(hook, *read) == wrong));
        }
    }
    CHECK_FALSE(parse_delivery_name(hook, name + "0"));
    for (std::size_t size = 0; size < name.size(); ++size)
        CHECK_FALSE(parse_delivery_name(hook, name.substr(0, size)));
    CHECK_FALSE(parse_delivery_name(hook, std::string(name.size(), 'x')));
    const std::set<std::string> all{
        name,
        delivery_name(other, sent),
        delivery_name(hook, {filled_with(3)})};
    CHECK(all.size() == 3);
}

// Cursors that clients hold have the scope, so it stays.
TEST_CASE("scope_of: a list of deliveries has the scope of earlier releases", "[delivery]")
{
    const webhook_id hook{filled_with(1)};
    CHECK(scope_of({.webhook = hook}) == 0x8bc4759d);
    CHECK(scope_of({.webhook = hook, .state = delivery_state::dead}) == 0xc3ed7c67);
}

TEST_CASE("scope_of: different lists of deliveries have different scopes", "[delivery]")
{
    const webhook_id hook{filled_with(1)};
    const std::set<std::uint32_t> all{
        scope_of({.webhook = hook}),
        scope_of({.webhook = hook, .state = delivery_state::dead}),
        scope_of({.webhook = {filled_with(2)}})};
    CHECK(all.size() == 3);
}
