#include "adapters/http/protocol/path_prefix.hpp"

#include <algorithm>
#include <string>

namespace botapi::http {

namespace {

constexpr std::size_t prefix_size_max = 200;

bool is_segment(std::string_view text) noexcept
{
    const auto is_plain = [](char one) {
        return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') ||
               (one >= '0' && one <= '9') || one == '-' || one == '.' || one == '_' || one == '~';
    };
    return !text.empty() && text != "." && text != ".." && std::ranges::all_of(text, is_plain);
}

/// Inserts the prefix behind each place where `text` has `before`.
void insert_behind(std::string& text, std::string_view before, std::string_view prefix)
{
    for (auto at = text.find(before); at != std::string::npos; at = text.find(before, at)) {
        at += before.size();
        text.insert(at, prefix);
    }
}

}  // namespace

bool is_path_prefix(std::string_view text) noexcept
{
    if (text.size() > prefix_size_max || !text.starts_with('/'))
        return false;
    while (!text.empty()) {
        text.remove_prefix(1);
        const auto size = std::min(text.find('/'), text.size());
        if (!is_segment(text.substr(0, size)))
            return false;
        text.remove_prefix(size);
    }
    return true;
}

void take_prefix(request& request, std::string_view base_path, bool is_from_trusted_proxy)
{
    request.prefix = base_path;
    auto forwarded = request.header("X-Forwarded-Prefix").value_or("");
    if (forwarded.size() > 1 && forwarded.ends_with('/'))
        forwarded.remove_suffix(1);
    if (is_from_trusted_proxy && is_path_prefix(forwarded))
        request.prefix = forwarded;
    const std::string_view path{request.path};
    if (base_path.empty() || !path.starts_with(base_path))
        return;
    const auto rest = path.substr(base_path.size());
    if (rest.empty() || rest.starts_with('/'))
        request.path = rest.empty() ? "/" : std::string{rest};
}

void add_prefix(const request& request, response& answer)
{
    const std::string_view prefix = request.prefix;
    if (prefix.empty())
        return;
    for (auto& [name, value] : answer.headers) {
        if (name == "Location" && value.starts_with('/') && !value.starts_with("//"))
            value.insert(0, prefix);
        if (name == "Link")
            insert_behind(value, "<", prefix);
    }
}

}  // namespace botapi::http
