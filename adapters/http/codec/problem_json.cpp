#include "adapters/http/codec/problem_json.hpp"

#include "adapters/http/codec/json_text.hpp"

#include <botcore/domain/hexadecimal.hpp>
#include <botcore/domain/text.hpp>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>
#include <cstddef>

namespace botapi::http {

namespace {

/// `text`, or if it is no UTF-8 what of it is ASCII: strangers' bytes are repeated in problems.
std::string readable(std::string_view text)
{
    std::string made{text};
    if (!botcore::count_code_points(text)) {
        std::ranges::replace_if(
            made,
            [](char c) { return static_cast<signed char>(c) < 0; },
            '?'
        );
    }
    return made;
}

/// Whether a character may stand in a path as it is (RFC 3986 section 3.3).
bool is_path_char(char c) noexcept
{
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') ||
           std::string_view{"/-._~!$&'()*+,;=:@"}.find(c) != std::string_view::npos;
}

/// A request's path, or what a stranger sent for one, as a relative reference.
std::string reference_to(std::string_view path)
{
    const bool is_path = path.starts_with('/');
    std::string made;
    for (std::size_t at = 0; at < path.size(); ++at) {
        const char c = path[at];
        const bool is_escape = c == '%' && at + 2 < path.size() &&
                               botcore::is_hexadecimal_digit(path[at + 1]) &&
                               botcore::is_hexadecimal_digit(path[at + 2]);
        // What stands before a colon would be a scheme.
        if (is_escape || (is_path_char(c) && (is_path || c != ':'))) {
            made += c;
            continue;
        }
        made += boost::urls::encode({&c, 1}, boost::urls::unreserved_chars);
    }
    return made;
}

}  // namespace

std::string to_json(const problem& problem, std::string_view instance)
{
    const auto& [kind, status, slug, title] = describe(problem.kind);
    std::string text = R"({"type":"/problems/)";
    text += slug;
    text += R"(","title":)";
    append_json(text, title);
    text += R"(,"status":)" + std::to_string(status) + R"(,"detail":)";
    append_json(text, readable(problem.detail));
    text += R"(,"instance":)";
    append_json(text, reference_to(instance));
    if (!problem.parts.empty()) {
        text += R"(,"errors":[)";
        for (const auto& [where, name, detail] : problem.parts) {
            text += R"({")";
            text += where;
            text += R"(":)";
            append_json(text, readable(name));
            text += R"(,"detail":)";
            append_json(text, readable(detail));
            text += "},";
        }
        text.back() = ']';
    }
    text += '}';
    return text;
}

response answer(const problem& problem, std::string_view instance)
{
    response made{
        .status = describe(problem.kind).status,
        .headers = {{"Content-Type", "application/problem+json"}},
        .body = to_json(problem, instance),
    };
    if (made.status == 503)
        made.headers.emplace_back("Retry-After", "1");
    return made;
}

}  // namespace botapi::http
