#include "adapters/http/protocol/idempotency_header.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace botapi::http {

using botcore::errc;
using botcore::refuse;

namespace {

/// The text between the quotes of an sf-string; nothing if it is malformed.
std::optional<std::string> unquote(std::string_view quoted)
{
    if (quoted.size() < 2 || quoted.back() != '"')
        return std::nullopt;
    std::string text;
    for (std::size_t at = 1; at < quoted.size() - 1; ++at) {
        if (quoted[at] == '"')
            return std::nullopt;
        if (quoted[at] == '\\') {
            ++at;
            if (at == quoted.size() - 1 || (quoted[at] != '"' && quoted[at] != '\\'))
                return std::nullopt;
        }
        text += quoted[at];
    }
    return text;
}

}  // namespace

botcore::result<std::optional<botcore::idempotency_key>> read_idempotency_key(const request& request
)
{
    using answer = std::optional<botcore::idempotency_key>;
    const auto value = request.header("Idempotency-Key");
    if (!value)
        return answer{};
    if (request.headers.count("Idempotency-Key") > 1)
        return refuse(errc::invalid_argument, "Idempotency-Key occurs more than once.");

    std::string text{*value};
    if (text.starts_with('"')) {
        auto unquoted = unquote(text);
        if (!unquoted)
            return refuse(errc::invalid_argument, "Idempotency-Key is not a well-formed string.");
        text = std::move(*unquoted);
    }
    auto key = botcore::idempotency_key::parse(text);
    if (!key)
        return key.error();
    return answer{std::move(*key)};
}

problem bad_idempotency_key(const botcore::error& why)
{
    return {problem_kind::invalid_header, why.detail, {{"header", "Idempotency-Key", why.detail}}};
}

}  // namespace botapi::http
