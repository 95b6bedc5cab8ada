#include "adapters/http/protocol/problem.hpp"

#include "adapters/http/api/json_text.hpp"

#include <botcore/domain/text.hpp>

#include <algorithm>

namespace botapi::http {

using botcore::errc;

const std::array<problem_description, 35> problem_descriptions{{
    {problem_kind::malformed_json, 400, "malformed-json", "Malformed JSON"},
    {problem_kind::invalid_field, 400, "invalid-field", "Invalid field"},
    {problem_kind::invalid_parameter, 400, "invalid-parameter", "Invalid parameter"},
    {problem_kind::invalid_header, 400, "invalid-header", "Invalid header"},
    {problem_kind::malformed_request, 400, "malformed-request", "Malformed request"},
    {problem_kind::unauthorized, 401, "unauthorized", "Unauthorized"},
    {problem_kind::forbidden, 403, "forbidden", "Forbidden"},
    {problem_kind::quota_exceeded, 403, "quota-exceeded", "Quota exceeded"},
    {problem_kind::unknown_route, 404, "unknown-route", "Unknown route"},
    {problem_kind::not_found, 404, "not-found", "Not found"},
    {problem_kind::method_not_allowed, 405, "method-not-allowed", "Method not allowed"},
    {problem_kind::not_acceptable, 406, "not-acceptable", "Not acceptable"},
    {problem_kind::request_timeout, 408, "request-timeout", "Request timeout"},
    {problem_kind::bot_exists, 409, "bot-exists", "Bot exists"},
    {problem_kind::message_exists, 409, "message-exists", "Message exists"},
    {problem_kind::place_lost, 410, "place-lost", "Place lost"},
    {problem_kind::precondition_failed, 412, "precondition-failed", "Precondition failed"},
    {problem_kind::body_too_large, 413, "body-too-large", "Body too large"},
    {problem_kind::target_too_long, 414, "target-too-long", "Target too long"},
    {problem_kind::unsupported_media_type, 415, "unsupported-media-type", "Unsupported media type"},
    {problem_kind::expectation_failed, 417, "expectation-failed", "Expectation failed"},
    {problem_kind::unknown_bot, 422, "unknown-bot", "Unknown bot"},
    {problem_kind::same_participant, 422, "same-participant", "Same participant"},
    {problem_kind::identity_mismatch, 422, "identity-mismatch", "Identity mismatch"},
    {problem_kind::idempotency_key_reused, 422, "idempotency-key-reused", "Idempotency key reused"},
    {problem_kind::upgrade_required, 426, "upgrade-required", "Upgrade required"},
    {problem_kind::too_many_requests, 429, "too-many-requests", "Too many requests"},
    {problem_kind::headers_too_large, 431, "headers-too-large", "Headers too large"},
    {problem_kind::internal, 500, "internal", "Internal error"},
    {problem_kind::not_implemented, 501, "not-implemented", "Not implemented"},
    {problem_kind::overloaded, 503, "overloaded", "Overloaded"},
    {problem_kind::unavailable, 503, "unavailable", "Unavailable"},
    {problem_kind::outcome_unknown, 503, "outcome-unknown", "Outcome unknown"},
    {problem_kind::http_version_not_supported,
     505,
     "http-version-not-supported",
     "HTTP version not supported"},
    {problem_kind::storage_full, 507, "storage-full", "Storage full"},
}};

namespace {

const problem_description& describe(problem_kind kind)
{
    return problem_descriptions.at(static_cast<std::size_t>(kind));
}

problem_kind kind_of(errc code) noexcept
{
    // No default: a new errc must not compile until someone decides what clients see.
    switch (code) {
        case errc::invalid_argument: return problem_kind::invalid_field;
        case errc::not_found: return problem_kind::not_found;
        case errc::already_exists: return problem_kind::bot_exists;
        case errc::unknown_bot: return problem_kind::unknown_bot;
        case errc::same_participant: return problem_kind::same_participant;
        case errc::identity_mismatch: return problem_kind::identity_mismatch;
        case errc::content_mismatch: return problem_kind::message_exists;
        case errc::key_reused: return problem_kind::idempotency_key_reused;
        case errc::forbidden: return problem_kind::forbidden;
        case errc::quota_exceeded: return problem_kind::quota_exceeded;
        case errc::precondition_failed: return problem_kind::precondition_failed;
        case errc::place_lost: return problem_kind::place_lost;
        case errc::overloaded: return problem_kind::overloaded;
        case errc::unavailable: return problem_kind::unavailable;
        case errc::outcome_unknown: return problem_kind::outcome_unknown;
        case errc::storage_full: return problem_kind::storage_full;
        case errc::internal: return problem_kind::internal;
    }
    return problem_kind::internal;
}

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

bool is_hex_digit(char c) noexcept
{
    return std::string_view{"0123456789abcdefABCDEF"}.find(c) != std::string_view::npos;
}

/// A request's path, or what a stranger sent for one, as a relative reference.
std::string reference_to(std::string_view path)
{
    static constexpr std::string_view digits = "0123456789ABCDEF";
    const bool is_path = path.starts_with('/');
    std::string made;
    for (std::size_t at = 0; at < path.size(); ++at) {
        const char c = path[at];
        const bool is_escape = c == '%' && at + 2 < path.size() && is_hex_digit(path[at + 1]) &&
                               is_hex_digit(path[at + 2]);
        // What stands before a colon would be a scheme.
        if (is_escape || (is_path_char(c) && (is_path || c != ':'))) {
            made += c;
            continue;
        }
        made += '%';
        made += digits[static_cast<unsigned char>(c) >> 4U];
        made += digits[static_cast<unsigned char>(c) & 0x0fU];
    }
    return made;
}

}  // namespace

unsigned status_of(problem_kind kind) noexcept
{
    return problem_descriptions[static_cast<std::size_t>(kind)].status;
}

problem problem_from(const botcore::error& why, std::string_view prefix)
{
    if (why.code == errc::internal)
        return {problem_kind::internal, "The server failed. The fault is ours, not yours."};

    problem made{kind_of(why.code), why.detail};
    for (const auto& [pointer, detail] : why.faults)
        made.parts.push_back({"pointer", std::string{prefix} + pointer, detail});
    return made;
}

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
