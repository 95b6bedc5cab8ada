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

/// Makes UTF-8 of any text: if `text` is not UTF-8, `?` replaces each byte beyond ASCII. Problems
/// repeat what clients sent, which may be any bytes.
std::string readable(std::string_view text)
{
    std::string copy{text};
    if (!botcore::count_code_points(text)) {
        std::ranges::replace_if(
            copy,
            [](char c) { return static_cast<signed char>(c) < 0; },
            '?'
        );
    }
    return copy;
}

/// Whether a path may have a character without encoding (RFC 3986 section 3.3).
bool is_path_char(char c) noexcept
{
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') ||
           std::string_view{"/-._~!$&'()*+,;=:@"}.find(c) != std::string_view::npos;
}

/// The path of a request as a relative reference, whatever the client sent.
std::string reference_to(std::string_view path)
{
    const bool is_path = path.starts_with('/');
    std::string reference;
    for (std::size_t at = 0; at < path.size(); ++at) {
        const char c = path[at];
        const bool is_escape = c == '%' && at + 2 < path.size() &&
                               botcore::is_hexadecimal_digit(path[at + 1]) &&
                               botcore::is_hexadecimal_digit(path[at + 2]);
        // In a path without a slash in front, the text before a colon would be a scheme.
        if (is_escape || (is_path_char(c) && (is_path || c != ':'))) {
            reference += c;
            continue;
        }
        reference += boost::urls::encode({&c, 1}, boost::urls::unreserved_chars);
    }
    return reference;
}

}  // namespace

std::string to_json(const problem& problem, const client_path& instance)
{
    const auto& [kind, status, slug, title] = describe(problem.kind);
    std::string text = R"({"type":")";
    text.append(instance.prefix).append("/problems/").append(slug);
    text += R"(","title":)";
    append_json(text, title);
    text += R"(,"status":)" + std::to_string(status) + R"(,"detail":)";
    append_json(text, readable(problem.detail));
    text += R"(,"instance":)";
    // A target that is no path has no place under the prefix.
    const auto prefix = instance.path.starts_with('/') ? instance.prefix : std::string_view{};
    append_json(text, std::string{prefix} + reference_to(instance.path));
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

response answer(const problem& problem, const request& request)
{
    // A request that could not be read has no path.
    const std::string_view path = request.path.empty() ? "/" : std::string_view{request.path};
    response answer{
        .status = describe(problem.kind).status,
        .headers = {{"Content-Type", "application/problem+json"}},
        .body = to_json(problem, {request.prefix, path}),
    };
    if (answer.status == 503)
        answer.headers.emplace_back("Retry-After", "1");
    return answer;
}

}  // namespace botapi::http
