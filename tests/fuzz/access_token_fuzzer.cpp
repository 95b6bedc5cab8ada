// Input: an API key as a client sends it.
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/api_key.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace botapi::fuzz {

void try_input(std::string_view input)
{
    if (const auto read = botcore::access_token::parse(input))
        require(read->text() == input, "no two texts are one token");

    botcore::access_token made;
    std::memcpy(made.secret.data(), input.data(), std::min(input.size(), made.secret.size()));
    const auto text = made.text();
    const auto again = botcore::access_token::parse(text);
    require(again && again->text() == text, "a token survives");
    require(botcore::is_same(again->hash(), made.hash()), "so does its hash");

    auto mistyped = text;
    auto& one = mistyped[hash_of(input) % mistyped.size()];
    one = one == '0' ? '1' : '0';
    require(!botcore::access_token::parse(mistyped), "one wrong character is seen");
}

}  // namespace botapi::fuzz
