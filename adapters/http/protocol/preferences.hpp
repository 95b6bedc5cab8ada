#pragma once

#include "adapters/http/protocol/message.hpp"

namespace botapi::http {

/// Whether the client prefers an answer with no more than it needs: `Prefer: return=minimal` (RFC
/// 7240 section 4.2). Of preferences of one name the first counts.
bool prefers_minimal(const request& request);

}  // namespace botapi::http
