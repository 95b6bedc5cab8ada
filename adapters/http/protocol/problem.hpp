#pragma once

#include <botcore/error.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// The kinds of problems. Each has a status, and a page at `/problems/<slug>`.
enum class problem_kind : std::uint8_t {
    malformed_json,
    invalid_field,
    invalid_parameter,
    invalid_header,
    malformed_request,
    unauthorized,
    forbidden,
    quota_exceeded,
    unknown_route,
    not_found,
    method_not_allowed,
    not_acceptable,
    request_timeout,
    bot_exists,
    message_exists,
    cursor_lost,
    position_lost,
    precondition_failed,
    body_too_large,
    target_too_long,
    unsupported_media_type,
    expectation_failed,
    unknown_bot,
    same_participant,
    identity_mismatch,
    idempotency_key_reused,
    upgrade_required,
    too_many_requests,
    headers_too_large,
    internal,
    not_implemented,
    overloaded,
    unavailable,
    outcome_unknown,
    http_version_not_supported,
    storage_full,
};

struct problem_description {
    problem_kind kind;
    unsigned status;
    std::string_view slug;
    std::string_view title;
};

/// All kinds, in the order of the enumeration.
extern const std::array<problem_description, 36> problem_descriptions;

const problem_description& describe(problem_kind kind) noexcept;

unsigned status_of(problem_kind kind) noexcept;

/// One faulty part of a request.
struct problem_part {
    std::string_view where;  ///< The kind of `name`: `pointer`, `parameter` or `header`.
    std::string name;
    std::string detail;
};

/// A problem with a request.
struct problem {
    problem_kind kind;
    std::string detail;
    std::vector<problem_part> parts{};
};

/// The problem that clients see for an error of the core. `prefix` comes before each pointer.
/// `internal` loses its detail, which is only for the log.
problem problem_from(const botcore::error& error, std::string_view prefix = {});

}  // namespace botapi::http
