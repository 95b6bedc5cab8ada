#pragma once

#include "adapters/soci/driver/session.hpp"

#include <botcore/domain/append_plan.hpp>
#include <botcore/domain/draft.hpp>

#include <cstdint>
#include <span>

namespace botapi::sql {

/// Which of the submissions' messages may be stored already.
enum class suspicion : std::uint8_t {
    chosen_ids,  ///< Messages with ids of the client, and those of a request under a stored
                 ///< receipt.
    all_ids,     ///< All messages, because an earlier attempt to write them failed.
};

/// Whether the only facts that the submissions need are which of their ends are bots.
bool need_only_bots(std::span<const botcore::submission> submissions);

/// Reads the facts for `append_plan`, except the bots and the quotas, within the current
/// transaction.
botcore::append_facts facts_for(
    session& db,
    std::span<const botcore::submission> submissions,
    suspicion suspicion
);

}  // namespace botapi::sql
