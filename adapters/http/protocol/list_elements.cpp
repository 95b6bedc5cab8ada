#include "adapters/http/protocol/list_elements.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace botapi::http {

namespace {

double read_weight(std::string_view text) noexcept
{
    double weight = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, problem] =
        std::from_chars(text.data(), end, weight, std::chars_format::fixed);
    return problem == std::errc{} && stop == end && weight >= 0 && weight <= 1 ? weight : 0;
}

}  // namespace

std::string_view trim(std::string_view text) noexcept
{
    const auto start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos)
        return {};
    return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

std::string_view take_until(std::string_view& rest, char separator) noexcept
{
    bool quoted = false;
    std::size_t at = 0;
    for (; at < rest.size() && (quoted || rest[at] != separator); ++at) {
        if (rest[at] == '"') {
            quoted = !quoted;
        } else if (quoted && rest[at] == '\\') {
            ++at;
        }
    }
    const std::string_view element = rest.substr(0, at);
    rest.remove_prefix(std::min(rest.size(), at + 1));
    return trim(element);
}

weighted_element read_weighted(std::string_view element)
{
    weighted_element read{.name = take_until(element, ';')};
    while (!element.empty()) {
        std::string_view value = take_until(element, ';');
        const std::string_view name = take_until(value, '=');
        if (boost::beast::iequals(name, "q"))
            read.weight = read_weight(value);
    }
    return read;
}

}  // namespace botapi::http
