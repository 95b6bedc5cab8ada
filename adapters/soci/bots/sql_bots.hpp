#pragma once

#include "adapters/soci/engine/transaction_runner.hpp"

#include <botcore/ports/bot_store.hpp>

#include <optional>
#include <span>
#include <vector>

namespace botapi::sql {

/// The bots. A registration or a removal holds the exclusive lock, so every append on any server is
/// entirely before or entirely after it. A change of a name locks only the row of the bot.
class sql_bots final : public botcore::bot_store {
public:
    /// Keeps a reference.
    explicit sql_bots(transaction_runner& runner) noexcept : runner_{runner} {}

    std::vector<botcore::result<botcore::registered_bot>> add(
        std::span<const botcore::bot_registration> added,
        botcore::deadline until
    ) override;

    botcore::result<std::vector<std::optional<botcore::bot>>> find(
        std::span<const botcore::bot_id> ids,
        const botcore::read_terms& terms
    ) override;

    botcore::result<botcore::bot_page> list(
        const botcore::bot_query& query,
        const botcore::read_terms& terms
    ) override;

    std::vector<botcore::result<botcore::bot>> change(
        std::span<const botcore::bot_change> changes,
        botcore::deadline until
    ) override;

    std::vector<botcore::result<>> remove(
        std::span<const botcore::bot_removal> removals,
        botcore::deadline until
    ) override;

private:
    transaction_runner& runner_;
};

}  // namespace botapi::sql
