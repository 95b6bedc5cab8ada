#pragma once

#include "adapters/soci/driver/session.hpp"

#include <botcore/domain/append_plan.hpp>
#include <botcore/domain/draft.hpp>

#include <cstdint>
#include <span>

namespace botapi::sql {

/// Which of the submissions' messages may be stored already.
enum class suspicion : std::uint8_t {
    usual,     ///< Those whose ids the client chose, or made from a receipt.
    everyone,  ///< All: an earlier try to write them failed.
};

/// Whether all that has to be known of the submissions is which of their ends are bots.
bool need_only_bots(std::span<const botcore::submission> submissions);

/// What `append_plan` has to know besides the bots. Reads within the transaction that is under way.
botcore::append_facts facts_for(
    session& on,
    std::span<const botcore::submission> submissions,
    suspicion suspicion
);

}  // namespace botapi::sql
