#pragma once

#include "adapters/soci/driver/session.hpp"

#include <botcore/domain/api_key.hpp>
#include <botcore/domain/conversation_token.hpp>

#include <cstdint>
#include <vector>

namespace botapi::sql {

[[nodiscard]] inline std::int64_t count_of(botcore::instant at)
{
    return at.time_since_epoch().count();
}

/// All keys, with their counts of stored messages, in the order of their ids.
std::vector<botcore::api_key> read_keys(session& db);

void write_key(session& db, const botcore::api_key& added);

/// All signing keys in the order of their numbers.
std::vector<botcore::signing_key> read_signing_keys(session& db);

/// Writes a signing key. False if a key with this number exists.
bool write_signing_key(session& db, const botcore::signing_key& added);

/// Makes all other keys end at `others_end` at the latest, and removes those that have ended.
void end_signing_keys(session& db, const botcore::signing_key& added, botcore::instant others_end);

}  // namespace botapi::sql
