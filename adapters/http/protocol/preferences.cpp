#include "adapters/http/protocol/preferences.hpp"

#include "adapters/http/protocol/list_elements.hpp"

#include <boost/beast/core/string.hpp>

namespace botapi::http {

namespace {

std::string_view without_quotes(std::string_view text) noexcept
{
    if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"'))
        return text.substr(1, text.size() - 2);
    return text;
}

}  // namespace

bool prefers_minimal(const request& request)
{
    const auto [first, last] = request.headers.equal_range("Prefer");
    for (auto field = first; field != last; ++field) {
        std::string_view rest{field->value().data(), field->value().size()};
        while (!rest.empty()) {
            auto preference = take_until(rest, ',');
            auto value = take_until(preference, ';');
            const auto name = take_until(value, '=');
            if (boost::beast::iequals(name, "return"))
                return boost::beast::iequals(without_quotes(trim(value)), "minimal");
        }
    }
    return false;
}

}  // namespace botapi::http
