#include "adapters/http/protocol/grammar.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace botapi::http {

namespace {

constexpr bool may_be_in_token(char c) noexcept
{
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

constexpr bool is_control_char(char c) noexcept
{
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

/// A predicate as a lookup table: a header has hundreds of characters.
template <class Predicate>
constexpr std::array<bool, 256> table_of(Predicate predicate)
{
    std::array<bool, 256> table{};
    for (std::size_t at = 0; at < table.size(); ++at)
        table[at] = predicate(static_cast<char>(at));
    return table;
}

constexpr auto token_chars = table_of(may_be_in_token);
constexpr auto control_chars = table_of(is_control_char);

}  // namespace

bool is_token_char(char c) noexcept
{
    return token_chars[static_cast<unsigned char>(c)];
}

bool is_token(std::string_view text) noexcept
{
    return !text.empty() && std::ranges::all_of(text, is_token_char);
}

bool has_control(std::string_view text) noexcept
{
    return std::ranges::any_of(text, [](char c) {
        return control_chars[static_cast<unsigned char>(c)];
    });
}

}  // namespace botapi::http
