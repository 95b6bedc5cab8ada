#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <botcore/domain/idempotency.hpp>
#include <botcore/result.hpp>

#include <optional>

namespace botapi::http {

/// Reads the `Idempotency-Key` header, a bare word or a quoted string (RFC 8941 section 3.3.3).
///
/// Errors: `invalid_argument`.
botcore::result<std::optional<botcore::idempotency_key>> read_idempotency_key(const request& request
);

/// The problem of a key that `read_idempotency_key` refused.
problem bad_idempotency_key(const botcore::error& why);

}  // namespace botapi::http
