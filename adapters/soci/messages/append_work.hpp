#pragma once

#include "adapters/soci/bots/bot_fence/bot_registry.hpp"
#include "adapters/soci/engine/transaction_runner.hpp"
#include "adapters/soci/messages/message_facts.hpp"
#include "adapters/soci/messages/message_writer.hpp"

#include <botcore/domain/append_plan.hpp>

#include <optional>
#include <span>
#include <vector>

namespace botapi::sql {

/// Appends a batch of submissions in one transaction.
///
/// On PostgreSQL most batches take one round trip, in which the transaction begins, writes and
/// ends. Their plan is made from the cached bots, and the statement writes nothing if the cache is
/// out of date. In other cases the transaction reads the facts first: if it has to look up ids or
/// receipts, if a submission counts against a quota, if the plan refuses a message, and after a
/// failed attempt.
class append_work {
public:
    /// Keeps references.
    append_work(
        bot_registry& registry,
        message_writer& writer,
        std::span<const botcore::submission> submissions,
        botcore::deadline until
    ) noexcept
        : registry_{registry}, writer_{writer}, submissions_{submissions}, until_{until}
    {
    }

    progress run(session& db);

    /// Whether the rows are stored, with exactly the numbers that this work assigned.
    commit_status verify_commit(session& db);

    /// The streams that have grown.
    [[nodiscard]] std::vector<botcore::stream_id> grown() const { return plan_->grown_streams(); }

    [[nodiscard]] std::vector<botcore::result<std::vector<botcore::appended>>> answers() const
    {
        return plan_->answers(numbers_);
    }

private:
    bool append_at_once(session& db);
    void read_facts(session& db, suspicion suspicion);
    void make_plan(const known_bots& bots);

    bot_registry& registry_;
    message_writer& writer_;
    std::span<const botcore::submission> submissions_;
    botcore::deadline until_;
    suspicion suspicion_ = suspicion::chosen_ids;
    botcore::append_facts facts_{};
    std::optional<botcore::append_plan> plan_{};
    numbered_rows numbers_{};
};

}  // namespace botapi::sql
