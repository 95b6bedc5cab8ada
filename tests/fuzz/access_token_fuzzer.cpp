// Input: an API key as a client sends it.
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/api_key.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace botapi::fuzz {

void try_input(std::string_view input)
{
    if (const auto parsed = botcore::access_token::parse(input))
        require(parsed->text() == input, "a token has one text");

    botcore::access_token token;
    std::memcpy(token.secret.data(), input.data(), std::min(input.size(), token.secret.size()));
    const auto text = token.text();
    const auto again = botcore::access_token::parse(text);
    require(again && again->text() == text, "a token can be parsed from its text");
    require(botcore::is_same(again->hash(), token.hash()), "its hash stays the same");

    auto wrong_text = text;
    auto& character = wrong_text[hash_of(input) % wrong_text.size()];
    character = character == '0' ? '1' : '0';
    require(!botcore::access_token::parse(wrong_text), "one wrong character is noticed");
}

}  // namespace botapi::fuzz
