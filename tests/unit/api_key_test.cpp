#include "tests/unit/fakes.hpp"

#include <botcore/domain/api_key.hpp>
#include <botcore/domain/hexadecimal.hpp>
#include <botcore/domain/idempotency.hpp>

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

// A checksum that fits, so that each text is wrong in one way only.
TEST_CASE("access_token: a text with a right checksum needs every other part, too")
{
    const auto with_checksum = [](std::string text) {
        text.resize(text.size() - 8);
        const auto hash = content_hash{}.add("token").add(std::string_view{text}).finish();
        return text + to_hexadecimal(std::span{hash}.first<4>());
    };
    const auto text = some_token().text();
    constexpr std::size_t underscore_at = 3 + 32;
    REQUIRE(with_checksum(text) == text);
    REQUIRE(text[underscore_at] == '_');

    for (const std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{2}, underscore_at}) {
        auto wrong = text;
        wrong[at] = '.';
        CHECK_FALSE(access_token::parse(with_checksum(wrong)));
    }
    for (const std::size_t at : {std::size_t{3}, underscore_at - 1, underscore_at + 1}) {
        auto wrong = text;
        wrong[at] = 'g';
        CHECK_FALSE(access_token::parse(with_checksum(wrong)));
        wrong[at] = 'A';
        CHECK_FALSE(access_token::parse(with_checksum(wrong)));
    }
}

// Stores have these, so they stay. The expected values are those of an independent SHA-256, over
// what content_hash_test.cpp describes.
TEST_CASE("access_token: text and hash are those of earlier releases")
{
    CHECK(some_token().text().substr(100) == "439b3276");
    CHECK(
        to_hexadecimal(some_token().hash()) ==
        "0fd9e7d8226cff044e0f744c9523c6d46584cd20b835f433e3cb572c37f6b609"
    );
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
