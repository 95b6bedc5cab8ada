#include "adapters/http/protocol/list_elements.hpp"

#include <algorithm>

namespace botapi::http {

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

}  // namespace botapi::http
