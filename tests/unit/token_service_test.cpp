#include "tests/unit/fakes.hpp"

#include <botcore/app/token_service.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <vector>

using namespace botcore;
using namespace botcore::testing;
using namespace std::chrono_literals;

namespace {

const std::string asked_talk = uuid_of(100).text();
const std::string asked_user = uuid_of(21).text();

struct tokens_fixture {
    manual_clock clock{stamp_of("2026-01-01T00:00:00.9Z").at()};
    token_service tokens{clock};

    [[nodiscard]] result<conversation_token> issue(
        std::optional<std::int64_t> expires_in = std::nullopt,
        const grant& by = {}
    ) const
    {
        return tokens.issue(
            {.conversation_id = asked_talk, .client_id = asked_user, .expires_in = expires_in},
            by,
            id_of<key_id>(7)
        );
    }
};

}  // namespace

TEST_CASE_METHOD(tokens_fixture, "token_service: a token lives half an hour by default")
{
    const auto made = issue();

    REQUIRE(made);
    CHECK(made->seat == seat{id_of<conversation_id>(100), id_of<client_id>(21)});
    CHECK(made->issuer == id_of<key_id>(7));
    CHECK(made->began == stamp_of("2026-01-01T00:00:00Z").at());
    CHECK(made->expires == made->began + 30min);
    CHECK(issue(60)->expires == made->began + 60s);
}

TEST_CASE_METHOD(tokens_fixture, "token_service: all faults are reported together")
{
    const auto refused = tokens.issue({.client_id = "x", .expires_in = 0}, {}, std::nullopt);

    REQUIRE_FALSE(refused);
    std::vector<std::string> pointers;
    for (const auto& one : refused.error().faults)
        pointers.push_back(one.pointer);
    CHECK(pointers == std::vector<std::string>{"/conversationId", "/clientId", "/expiresIn"});
    CHECK(issue(86'400));
    CHECK_FALSE(issue(86'401));
    CHECK_FALSE(issue(-1));
    CHECK_FALSE(issue(std::numeric_limits<std::int64_t>::max()));
}

TEST_CASE_METHOD(
    tokens_fixture,
    "token_service: issuing a token needs the scopes to read and to write messages"
)
{
    const auto with = [](scope_set scopes) {
        return grant{api_key{.id = {}, .name = {}, .scopes = scopes}};
    };

    CHECK(issue({}, with({scope::messages_read, scope::messages_write})));
    CHECK(issue({}, with({scope::admin})));
    for (const auto one : {scope::messages_read, scope::messages_write, scope::bots_write})
        CHECK(issue({}, with({one})).error().code == errc::forbidden);
    CHECK(issue({}, grant{}.seated({})).error().code == errc::forbidden);
}

TEST_CASE_METHOD(tokens_fixture, "token_service: a token can be refreshed for a day")
{
    const auto first = issue(3'600);
    REQUIRE(first);

    clock.set(first->began + 40min);
    const auto second = tokens.refresh(*first);
    CHECK(second.seat == first->seat);
    CHECK(second.issuer == first->issuer);
    CHECK(second.began == first->began);
    CHECK(second.expires == first->began + 100min);

    clock.set(first->began + 23h + 30min);
    CHECK(tokens.refresh(second).expires == first->began + 24h);
    clock.set(first->began - 1h);
    CHECK(tokens.refresh(second).expires == second.expires);
}

TEST_CASE_METHOD(tokens_fixture, "token_service: the life of a token is configurable")
{
    const token_service brief{clock, {.life = 10min, .life_max = 5min}};

    const auto made =
        brief.issue({.conversation_id = asked_talk, .client_id = asked_user}, {}, std::nullopt);

    REQUIRE(made);
    CHECK(made->life == 5min);
    CHECK_FALSE(made->issuer);
}
