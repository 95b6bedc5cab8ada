#pragma once

#include "adapters/soci/engine/transaction_runner.hpp"

#include <botcore/ports/conversation_store.hpp>

#include <optional>
#include <span>
#include <vector>

namespace botapi::sql {

/// The conversations. One statement reads a whole conversation, so that an answer shows the
/// conversation at one moment.
class sql_conversations final : public botcore::conversation_store {
public:
    /// Keeps a reference.
    explicit sql_conversations(transaction_runner& runner) noexcept : runner_{runner} {}

    botcore::result<std::vector<std::optional<botcore::conversation>>> find(
        std::span<const botcore::conversation_id> ids,
        const botcore::visible_bots& visible,
        const botcore::read_terms& terms
    ) override;

    botcore::result<botcore::conversation_page> list(
        const botcore::conversation_query& query,
        const botcore::read_terms& terms
    ) override;

private:
    transaction_runner& runner_;
};

}  // namespace botapi::sql
