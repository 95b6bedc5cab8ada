// Input: a conversation's token as a client sends it; or what one is made of.
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

/// A secret that is told apart from others by its number.
botcore::signing_key signer_number(std::uint32_t number)
{
    botcore::signing_key made{.number = number, .created = now - std::chrono::hours{1}};
    made.secret.fill(static_cast<std::uint8_t>(number * 7));
    return made;
}

const std::array signers{signer_number(1), signer_number(2)};

/// Bytes of the input, and zeros behind them.
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
    conversation_token made;
    if (hash_of(input) % 4 != 0)
        made.issuer = from.id<botcore::key_id>();
    made.seat = {from.id<botcore::conversation_id>(), from.id<botcore::client_id>()};
    made.began = now + from.duration();
    made.expires = now + from.duration();
    made.life = from.duration();
    return made;
}

}  // namespace

void try_input(std::string_view input)
{
    if (const auto read = conversation_token::read(input, signers, now)) {
        const auto is_text_of = [&](const botcore::signing_key& one) {
            return read->text_signed_with(one) == input;
        };
        require(std::ranges::any_of(signers, is_text_of), "a token is what one of us wrote");
    }

    const auto made = make_token(input);
    const auto& signer = signers.at(hash_of(input) % signers.size());
    const auto text = made.text_signed_with(signer);
    require(text.size() == conversation_token::text_size, "a token has its size");
    const auto again = conversation_token::read(text, signers, now);
    // No issuer is written as the id of zeros only.
    const auto zeros = botcore::key_id{botcore::uuid{}};
    auto expected = made;
    if (expected.issuer == zeros)
        expected.issuer.reset();
    require(again == expected, "a token survives");
    require(
        !conversation_token::read(text, std::array{signer_number(3)}, now),
        "strangers sign nothing"
    );

    auto changed = text;
    auto& one = changed.at(hash_of(text) % changed.size());
    one = one == 'A' ? 'B' : 'A';
    require(!conversation_token::read(changed, signers, now), "one wrong character is seen");
}

}  // namespace botapi::fuzz
