#include "adapters/http/protocol/problem.hpp"

#include <cstddef>

namespace botapi::http {

using botcore::errc;

const std::array<problem_description, 36> problem_descriptions{{
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
    {problem_kind::cursor_lost, 410, "place-lost", "Cursor lost"},
    {problem_kind::position_lost, 412, "consistency-token-lost", "Consistency token lost"},
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
        case errc::cursor_lost: return problem_kind::cursor_lost;
        case errc::position_lost: return problem_kind::position_lost;
        case errc::overloaded: return problem_kind::overloaded;
        case errc::unavailable: return problem_kind::unavailable;
        case errc::outcome_unknown: return problem_kind::outcome_unknown;
        case errc::storage_full: return problem_kind::storage_full;
        case errc::internal: return problem_kind::internal;
    }
    return problem_kind::internal;
}

/// Advice for the client that needs the words of HTTP. The core knows only which rule was broken.
std::string_view advice_on(problem_kind kind) noexcept
{
    if (kind == problem_kind::unknown_bot)
        return " Register one with POST /bots first.";
    if (kind == problem_kind::idempotency_key_reused)
        return " Send a new request with a new Idempotency-Key.";
    if (kind == problem_kind::position_lost)
        return " Read again without the token, or with `Consistency-Token: latest`.";
    return {};
}

}  // namespace

const problem_description& describe(problem_kind kind) noexcept
{
    return problem_descriptions[static_cast<std::size_t>(kind)];
}

unsigned status_of(problem_kind kind) noexcept
{
    return describe(kind).status;
}

problem problem_from(const botcore::error& error, std::string_view prefix)
{
    if (error.code == errc::internal)
        return {problem_kind::internal, "The server failed. The fault is ours, not yours."};

    const auto kind = kind_of(error.code);
    problem problem{kind, error.detail + std::string{advice_on(kind)}};
    for (const auto& [pointer, detail] : error.faults)
        problem.parts.push_back({"pointer", std::string{prefix} + pointer, detail});
    return problem;
}

}  // namespace botapi::http
