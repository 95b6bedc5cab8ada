#pragma once

#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/maintenance/check.hpp"

#include <botcore/domain/id.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::sql {

/// Collects the findings of one rule, up to a limit.
class rule {
public:
    rule(check_report& report, std::string name) : report_{report}, name_{std::move(name)} {}
    ~rule()
    {
        if (count_ > findings_max) {
            report_.findings.push_back(
                name_ + ": " + std::to_string(count_ - findings_max) + " more like these."
            );
        }
    }

    rule(const rule&) = delete;
    rule& operator=(const rule&) = delete;

    void add(const std::string& finding)
    {
        if (++count_ <= findings_max)
            report_.findings.push_back(name_ + ": " + finding);
    }

private:
    check_report& report_;
    std::string name_;
    std::size_t count_ = 0;
};

/// Runs a statement. Each row of its answer is a finding: a text, or an id.
void run_check(session& db, check_report& report, const std::string& name, const sql_text& text);

/// Reads a table page by page, and calls `each` for each row. The first column is the id, which
/// orders the rows.
void walk(session& db, const sql_text& select, const std::function<void(const row&)>& each);

/// The tables, other than messages, whose rows belong to a conversation.
inline constexpr std::array<std::string_view, 3> tables_of_conversations{
    "pairings",
    "webhook_deliveries",
    "delivery_queues"};

/// Calls `each` for every conversation in one of `tables_of_conversations`, with the least and the
/// greatest shard of its rows.
void walk_shards(
    session& db,
    std::string_view table,
    const std::function<void(botcore::conversation_id, std::int64_t, std::int64_t)>& each
);

/// Checks every rule, within the current transaction.
check_report check_all(session& db);

/// Checks the rules that one statement each can check: missing rows and wrong counts.
void check_relations(session& db, check_report& report);

}  // namespace botapi::sql
