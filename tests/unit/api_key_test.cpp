#include "tests/unit/fakes.hpp"

#include <botcore/domain/api_key.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace botcore;
using namespace botcore::testing;

namespace {

access_token some_token()
{
    access_token made{.id = id_of<key_id>(7)};
    for (std::size_t at = 0; at < made.secret.size(); ++at)
        made.secret[at] = static_cast<std::uint8_t>(at * 9);
    return made;
}

}  // namespace

TEST_CASE("access_token: a token is read back from its text")
{
    const auto text = some_token().text();

    CHECK(text.size() == access_token::text_size);
    CHECK(text.starts_with("bk_00000000000000000000000000000007_0009121b"));
    CHECK(access_token::parse(text) == some_token());
}

TEST_CASE("access_token: a text with any change is not a token")
{
    const auto text = some_token().text();

    for (std::size_t at = 0; at < text.size(); ++at) {
        auto changed = text;
        changed[at] = changed[at] == '0' ? '1' : '0';
        CHECK_FALSE(access_token::parse(changed));
    }
    CHECK_FALSE(access_token::parse(""));
    CHECK_FALSE(access_token::parse(text + "0"));
    CHECK_FALSE(access_token::parse(text.substr(1)));
}

TEST_CASE("access_token: its hash depends on the secret and on the key")
{
    auto other_secret = some_token();
    ++other_secret.secret[31];
    auto other_key = some_token();
    other_key.id = id_of<key_id>(8);

    CHECK(is_same(some_token().hash(), some_token().hash()));
    CHECK_FALSE(is_same(some_token().hash(), other_secret.hash()));
    CHECK_FALSE(is_same(some_token().hash(), other_key.hash()));
}

TEST_CASE("api_key: is valid until it expires or is revoked")
{
    const auto at = [](std::string_view text) { return stamp_of(text).at(); };
    api_key key{.id = id_of<key_id>(7), .name = "a", .scopes = {}};
    CHECK(key.is_valid_at(at("2030-01-01T00:00:00Z")));

    key.expires = at("2030-01-01T00:00:00Z");
    CHECK(key.is_valid_at(at("2029-12-31T23:59:59Z")));
    CHECK_FALSE(key.is_valid_at(at("2030-01-01T00:00:00Z")));

    key.revoked = at("2029-01-01T00:00:00Z");
    CHECK_FALSE(key.is_valid_at(at("2029-12-31T23:59:59Z")));
}
