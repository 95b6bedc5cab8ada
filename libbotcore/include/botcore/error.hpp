#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace botcore {

/// Why an operation was refused. Every value is nonzero, so none can be read as success.
enum class errc : std::uint8_t {
    invalid_argument = 1,  ///< The input breaks a documented rule. Do not retry it unchanged.
    not_found,             ///< The addressed entity does not exist.
    already_exists,        ///< The identity is taken.
    unknown_bot,           ///< Neither end of a message is a registered bot. Register one first.
    same_participant,      ///< Both ends of a message are the same participant.
    identity_mismatch,     ///< The input names a different entity than the request.
    content_mismatch,      ///< A message with this id exists and says something else.
    key_reused,            ///< The idempotency key was used for another request.
    forbidden,             ///< The caller may not do that, whatever is stored.
    quota_exceeded,        ///< The caller may store no more messages.
    precondition_failed,   ///< The entity is not in the state that the caller requires.
    cursor_lost,           ///< The message behind which a cursor stands is not stored any more.
    position_lost,         ///< The store's history does not have a position that a read demands.
    overloaded,            ///< Too much work is waiting. Nothing was written; retry later.
    unavailable,           ///< A dependency refused to start the work. Nothing was written; retry.
    outcome_unknown,       ///< The work was cut short. It may or may not have been applied.
    storage_full,          ///< The storage is full. Nothing was written.
    internal,              ///< Stored data broke an invariant. A person has to look.
};

/// One faulty part of an input.
struct fault {
    std::string pointer;  ///< JSON Pointer (RFC 6901) to the part, as in `/from`.
    std::string detail;   ///< One sentence: what is wrong, and what would be right.

    friend bool operator==(const fault&, const fault&) = default;
};

/// One refusal, in words.
struct error {
    errc code;
    std::string detail;                 ///< One sentence for a developer. Never a secret or SQL.
    std::vector<fault> faults{};        ///< Every faulty part, in the order of the input's fields.
    std::optional<std::size_t> item{};  ///< Which of several inputs was refused, from 0.

    friend bool operator==(const error&, const error&) = default;
};

/// Builds the error that a function with a `result` returns.
[[nodiscard]] inline error refuse(errc code, std::string detail, std::vector<fault> faults = {})
{
    return {.code = code, .detail = std::move(detail), .faults = std::move(faults)};
}

}  // namespace botcore
