// Input: the text of a UUID.
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/uuid.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace botapi::fuzz {

namespace {

using botcore::uuid;

std::string lower(std::string text)
{
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

void try_bytes(std::string_view input)
{
    uuid::bytes_type bytes{};
    std::memcpy(bytes.data(), input.data(), std::min(input.size(), bytes.size()));
    const uuid made{bytes};
    require(uuid::parse(made.text()) == made, "every UUID is parsed from its text");

    const auto shard = static_cast<botcore::shard_number>(hash_of(input));
    const auto hashed = botcore::make_uuid_v8(bytes, shard);
    require(hashed.version() == 8, "version 8 is written");
    require(botcore::shard_hint(hashed) == shard, "the shard is written");
}

}  // namespace

void try_input(std::string_view input)
{
    try_bytes(input);
    const auto parsed = uuid::parse(input);
    if (!parsed)
        return;
    require(input.size() == uuid::text_size, "only 36 characters are a UUID");
    require(parsed->text() == lower(std::string{input}), "a UUID has one text");
}

}  // namespace botapi::fuzz
