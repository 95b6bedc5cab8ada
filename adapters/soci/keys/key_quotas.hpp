#pragma once

#include "adapters/soci/driver/session.hpp"

#include <botcore/domain/access.hpp>
#include <botcore/domain/append_plan.hpp>
#include <botcore/domain/draft.hpp>

#include <cstdint>
#include <map>
#include <span>

namespace botapi::sql {

/// How many messages more may be stored on the accounts of the submissions. Until the transaction
/// ends, nobody else stores on them: counts are exact, whatever number of servers write.
std::map<botcore::key_id, std::uint64_t> lock_quotas(
    session& on,
    std::span<const botcore::submission> submissions
);

/// Counts what a plan stores, in the transaction that asked for what is left.
void spend_quotas(session& on, const botcore::append_plan& plan);

}  // namespace botapi::sql
