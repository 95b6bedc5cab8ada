// Input: a conversation's token as a client sends it, or the bytes of its fields.
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/conversation_token.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string>

namespace botapi::fuzz {

namespace {

using botcore::conversation_token;
using std::chrono::seconds;

const botcore::instant now{std::chrono::hours{500'000}};

/// A signing key whose secret depends on its number.
botcore::signing_key signer_number(std::uint32_t number)
{
    botcore::signing_key key{.number = number, .created = now - std::chrono::hours{1}};
    key.secret.fill(static_cast<std::uint8_t>(number * 7));
    return key;
}

const std::array signers{signer_number(1), signer_number(2)};

/// The bytes of the input, followed by zeros.
class source {
public:
    explicit source(std::string_view input) : left_{input} {}

    template <class Id>
    Id id()
    {
        botcore::uuid::bytes_type bytes{};
        const auto size = std::min(left_.size(), bytes.size());
        std::memcpy(bytes.data(), left_.data(), size);
        left_.remove_prefix(size);
        return Id{botcore::uuid{bytes}};
    }

    seconds duration()
    {
        std::uint32_t number = 0;
        const auto size = std::min(left_.size(), sizeof number);
        std::memcpy(&number, left_.data(), size);
        left_.remove_prefix(size);
        return seconds{number};
    }

private:
    std::string_view left_;
};

conversation_token make_token(std::string_view input)
{
    source from{input};
    conversation_token token;
    if (hash_of(input) % 4 != 0)
        token.issuer = from.id<botcore::key_id>();
    token.seat = {from.id<botcore::conversation_id>(), from.id<botcore::client_id>()};
    token.began = now + from.duration();
    token.expires = now + from.duration();
    token.life = from.duration();
    return token;
}

}  // namespace

void try_input(std::string_view input)
{
    if (const auto parsed = conversation_token::read(input, signers, now)) {
        const auto is_text_of = [&](const botcore::signing_key& key) {
            return parsed->text_signed_with(key) == input;
        };
        require(std::ranges::any_of(signers, is_text_of), "one of our keys has signed every token");
    }

    const auto token = make_token(input);
    const auto& signer = signers.at(hash_of(input) % signers.size());
    const auto text = token.text_signed_with(signer);
    require(text.size() == conversation_token::text_size, "a token has its size");
    const auto again = conversation_token::read(text, signers, now);
    // A missing issuer is written as the id that is all zeros.
    const auto zeros = botcore::key_id{botcore::uuid{}};
    auto expected = token;
    if (expected.issuer == zeros)
        expected.issuer.reset();
    require(again == expected, "a token can be read from its text");
    require(
        !conversation_token::read(text, std::array{signer_number(3)}, now),
        "another key's signature is refused"
    );

    auto changed = text;
    auto& character = changed.at(hash_of(text) % changed.size());
    character = character == 'A' ? 'B' : 'A';
    require(!conversation_token::read(changed, signers, now), "one wrong character is noticed");
}

}  // namespace botapi::fuzz
