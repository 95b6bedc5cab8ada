#include "tests/unit/fakes.hpp"

#include <botcore/domain/conversation_token.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <string>

using namespace botcore;
using namespace botcore::testing;
using namespace std::chrono_literals;

namespace {

const instant signed_at = stamp_of("2026-01-01T00:00:00Z").at();

signing_key signer_number(std::uint32_t number)
{
    signing_key made{.number = number, .created = signed_at - 1h};
    made.secret.fill(static_cast<std::uint8_t>(number * 7));
    return made;
}

const std::array signers{signer_number(1), signer_number(2)};

const conversation_token given_token{
    .issuer = id_of<key_id>(7),
    .seat = {id_of<conversation_id>(100), id_of<client_id>(21)},
    .began = signed_at,
    .expires = signed_at + 30min,
    .life = 30min};

}  // namespace

TEST_CASE("conversation_token: a token is read back from its text")
{
    const auto text = given_token.text_signed_with(signers[1]);

    CHECK(text.size() == conversation_token::text_size);
    CHECK(text.starts_with("bt_AQAAAAIAAAAAAAAAAAAAAAAAAAAH"));
    CHECK(conversation_token::read(text, signers, signed_at) == given_token);
}

TEST_CASE("conversation_token: its text names the key that signed it")
{
    CHECK(conversation_token::signer_in(given_token.text_signed_with(signers[0])) == 1U);
    CHECK(conversation_token::signer_in(given_token.text_signed_with(signers[1])) == 2U);
    CHECK_FALSE(conversation_token::signer_in("bt_"));
    CHECK_FALSE(conversation_token::signer_in(given_token.text_signed_with(signers[0]).substr(3)));
}

TEST_CASE("conversation_token: a token may have no issuer")
{
    auto made = given_token;
    made.issuer.reset();

    CHECK(conversation_token::read(made.text_signed_with(signers[0]), signers, signed_at) == made);
}

TEST_CASE("conversation_token: a text with any change is not a token")
{
    const auto text = given_token.text_signed_with(signers[0]);

    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char other : {'A', 'Z', '_', '=', ' '}) {
            auto changed = text;
            changed[at] = other;
            if (changed != text)
                CHECK_FALSE(conversation_token::read(changed, signers, signed_at));
        }
    }
    CHECK_FALSE(conversation_token::read("", signers, signed_at));
    CHECK_FALSE(conversation_token::read("bt_", signers, signed_at));
    CHECK_FALSE(conversation_token::read(text + "A", signers, signed_at));
    CHECK_FALSE(conversation_token::read(text.substr(0, text.size() - 4), signers, signed_at));
}

TEST_CASE("conversation_token: a token is valid as long as the key that signed it")
{
    auto other_secret = signer_number(1);
    other_secret.secret[31] ^= 1U;
    auto ending = signer_number(1);
    ending.ends = signed_at;
    const auto text = given_token.text_signed_with(signers[0]);

    CHECK_FALSE(conversation_token::read(text, {}, signed_at));
    CHECK_FALSE(conversation_token::read(text, std::array{signer_number(2)}, signed_at));
    CHECK_FALSE(conversation_token::read(text, std::array{other_secret}, signed_at));
    CHECK_FALSE(conversation_token::read(text, std::array{ending}, signed_at));
    CHECK(conversation_token::read(text, std::array{ending}, signed_at - 1s));
}

TEST_CASE("signer_at: the signer is the newest key that all servers have loaded")
{
    auto second = signer_number(2);
    second.created = signed_at;
    auto first = signer_number(1);
    const auto chosen = [](const auto& keys, instant at) {
        const auto* const found = signer_at(keys, at);
        return found == nullptr ? 0 : found->number;
    };

    CHECK(chosen(std::array<signing_key, 0>{}, signed_at) == 0);
    CHECK(chosen(std::array{second}, signed_at) == 2);
    CHECK(chosen(std::array{first, second}, signed_at) == 1);
    CHECK(chosen(std::array{first, second}, signed_at + 2s) == 2);
    first.ends = signed_at;
    CHECK(chosen(std::array{first, second}, signed_at) == 2);
    second.ends = signed_at;
    CHECK(chosen(std::array{first, second}, signed_at) == 0);
}
