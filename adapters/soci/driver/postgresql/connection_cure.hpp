#pragma once

#include <string_view>

namespace botapi::sql {

/// What helps against a connection that PostgreSQL or the network refused, by libpq's reason: one
/// sentence, or nothing. libpq gives no code for this, and translates some of its reasons.
std::string_view connection_cure(std::string_view reason);

}  // namespace botapi::sql
