#include "adapters/http/protocol/negotiation.hpp"

#include "adapters/http/protocol/list_elements.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <span>
#include <string>

namespace botapi::http {

namespace {

using boost::beast::iequals;

constexpr int exactly = 3;

/// How closely a media range matches `type`: from 0, not at all, to `exactly`.
int closeness(std::string_view range, std::string_view type) noexcept
{
    if (iequals(range, type))
        return exactly;
    if (range == "*/*" || range == "*")
        return 1;
    const auto slash = type.find('/');
    if (range.size() == slash + 2 && range.ends_with("/*") &&
        iequals(range.substr(0, slash), type.substr(0, slash)))
        return 2;
    return 0;
}

/// The weight of `type` for a client that sends `accept`; 0 if no range is as close as
/// `closeness_min`.
double weight_of(std::string_view accept, std::string_view type, int closeness_min)
{
    int closest = closeness_min - 1;
    double weight = 0;
    while (!accept.empty()) {
        const weighted_element stated = read_weighted(take_until(accept, ','));
        const int close = closeness(stated.name, type);
        if (close > closest) {
            closest = close;
            weight = stated.weight;
        }
    }
    return weight;
}

/// All names of a media type, `type` first.
std::span<const std::string_view> names_of(const std::string_view& type) noexcept
{
    if (type == ndjson_type)
        return ndjson_types;
    return {&type, 1};
}

/// Whether a charset is UTF-8, as RFC 9110 section 8.3.2 or many a client spells it.
bool is_utf8(std::string_view charset) noexcept
{
    if (charset.size() > 2 && charset.starts_with('"') && charset.ends_with('"'))
        charset = charset.substr(1, charset.size() - 2);
    return iequals(charset, "utf-8") || iequals(charset, "utf8");
}

}  // namespace

std::optional<std::string_view> negotiate(
    const request& request,
    std::initializer_list<std::string_view> offered
)
{
    std::string accept;
    const auto [first, last] = request.headers.equal_range(boost::beast::http::field::accept);
    for (auto field = first; field != last; ++field)
        accept.append(accept.empty() ? "" : ",").append(field->value());
    if (trim(accept).empty())
        return *offered.begin();

    std::optional<std::string_view> best;
    double best_weight = 0;
    for (const auto& type : offered) {
        for (const auto name : names_of(type)) {
            const bool may_be_wildcard = name == *offered.begin();
            const double weight = weight_of(accept, name, may_be_wildcard ? 1 : exactly);
            if (weight > best_weight) {
                best = name;
                best_weight = weight;
            }
        }
    }
    return best;
}

std::optional<std::string_view> content_type(
    const request& request,
    std::initializer_list<std::string_view> allowed
)
{
    const auto value = request.header("Content-Type");
    if (!value)
        return std::nullopt;
    std::string_view rest = *value;
    const std::string_view type = take_until(rest, ';');
    while (!rest.empty()) {
        std::string_view charset = take_until(rest, ';');
        const std::string_view name = take_until(charset, '=');
        if (iequals(name, "charset") && !is_utf8(charset))
            return std::nullopt;
    }
    for (const auto& one : allowed) {
        const auto is_named = [type](std::string_view name) { return iequals(type, name); };
        if (std::ranges::any_of(names_of(one), is_named))
            return one;
    }
    return std::nullopt;
}

}  // namespace botapi::http
