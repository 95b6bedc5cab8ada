#pragma once

#include "adapters/soci/driver/session.hpp"

#include <botcore/domain/access.hpp>
#include <botcore/domain/append_plan.hpp>
#include <botcore/domain/draft.hpp>

#include <cstdint>
#include <map>
#include <span>

namespace botapi::sql {

/// The number of messages that each account of the submissions may still store. Locks the accounts
/// until the transaction ends, so that counts are exact with any number of servers.
std::map<botcore::key_id, std::uint64_t> lock_quotas(
    session& db,
    std::span<const botcore::submission> submissions
);

/// Counts the messages of a plan against the quotas. Precondition: the transaction has called
/// `lock_quotas`.
void spend_quotas(session& db, const botcore::append_plan& plan);

}  // namespace botapi::sql
