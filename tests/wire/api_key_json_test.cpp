#include "adapters/wire/api_key_json.hpp"

#include "tests/unit/fakes.hpp"

#include <catch2/catch.hpp>

#include <string>

using botcore::testing::id_of;
using botcore::testing::stamp_of;

namespace {

std::string in_json(const botcore::api_key& key)
{
    std::string out;
    botapi::wire::append_json(out, key);
    return out;
}

}  // namespace

TEST_CASE("api_key_json: a key without limits has no members for them")
{
    const botcore::api_key key{
        .id = id_of<botcore::key_id>(7),
        .name = "a \"key\"",
        .scopes = {botcore::scope::bots_read, botcore::scope::messages_write},
        .created = stamp_of("2026-01-01T00:00:00Z").at()};

    CHECK(
        in_json(key) ==
        R"({"id":"00000000-0000-0000-0000-000000000007","name":"a \"key\"",)"
        R"("scopes":["bots:read","messages:write"],"createdAt":"2026-01-01T00:00:00.0000000Z"})"
    );
}

TEST_CASE("api_key_json: limits and times are members if set")
{
    const botcore::api_key key{
        .id = id_of<botcore::key_id>(7),
        .name = "a",
        .scopes = {botcore::scope::bots_read},
        .bots = botcore::visible_bots{{id_of<botcore::bot_id>(1)}},
        .created = stamp_of("2026-01-01T00:00:00Z").at(),
        .expires = stamp_of("2026-02-01T00:00:00Z").at(),
        .revoked = stamp_of("2026-01-02T00:00:00Z").at(),
        .quota = 5,
        .stored = 2,
        .last_used = stamp_of("2026-01-01T12:00:00Z").at()};

    CHECK(
        in_json(key) ==
        R"({"id":"00000000-0000-0000-0000-000000000007","name":"a","scopes":["bots:read"],)"
        R"("bots":["00000000-0000-0000-0000-000000000001"],"quota":5,"stored":2,)"
        R"("createdAt":"2026-01-01T00:00:00.0000000Z","expiresAt":"2026-02-01T00:00:00.0000000Z",)"
        R"("revokedAt":"2026-01-02T00:00:00.0000000Z","lastUsedAt":"2026-01-01T12:00:00.0000000Z"})"
    );
}
