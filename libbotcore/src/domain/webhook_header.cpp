#include <botcore/domain/webhook_header.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace botcore {

namespace {

/// Names in lower case of fields that frame a request, concern only one connection, or are set by
/// the server.
constexpr std::array<std::string_view, 13> reserved_names{
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade"};
constexpr std::string_view reserved_prefix = "webhook-";  // Of Standard Webhooks.

char to_lower(char character) noexcept
{
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                                : character;
}

std::string in_lower_case(std::string_view text)
{
    std::string lower;
    std::ranges::transform(text, std::back_inserter(lower), to_lower);
    return lower;
}

bool is_token(std::string_view text)
{
    return std::ranges::all_of(text, [](char character) {
        const bool is_alphanumeric = (character >= '0' && character <= '9') ||
                                     (character >= 'a' && character <= 'z') ||
                                     (character >= 'A' && character <= 'Z');
        return is_alphanumeric ||
               std::string_view{"!#$%&'*+-.^_`|~"}.find(character) != std::string_view::npos;
    });
}

bool is_blank(char character) noexcept
{
    return character == ' ' || character == '\t';
}

bool is_field_value(std::string_view text)
{
    const bool is_trimmed = text.empty() || (!is_blank(text.front()) && !is_blank(text.back()));
    return is_trimmed && std::ranges::all_of(text, [](char character) {
               return (character >= '!' && character <= '~') || is_blank(character);
           });
}

}  // namespace

result<webhook_header> webhook_header::parse(std::string_view name, std::string_view value)
{
    if (name.empty() || name.size() > name_size_max || !is_token(name)) {
        return refuse(
            errc::invalid_argument,
            "must have a name of 1 to 128 letters, digits and !#$%&'*+-.^_`|~."
        );
    }
    const auto lower = in_lower_case(name);
    if (std::ranges::find(reserved_names, lower) != reserved_names.end() ||
        lower.starts_with(reserved_prefix))
        return refuse(errc::invalid_argument, "has a name that only the server sets.");
    if (value.size() > value_size_max || !is_field_value(value)) {
        return refuse(
            errc::invalid_argument,
            "must have at most 1,024 visible characters of ASCII, spaces and tabs, with none of "
            "the latter at either end."
        );
    }
    return webhook_header{std::string{name}, std::string{value}};
}

bool webhook_header::has_name(std::string_view name) const
{
    return in_lower_case(name_) == in_lower_case(name);
}

}  // namespace botcore
