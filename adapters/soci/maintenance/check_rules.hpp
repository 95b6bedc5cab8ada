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

    void found(const std::string& what)
    {
        if (++count_ <= findings_max)
            report_.findings.push_back(name_ + ": " + what);
    }

private:
    check_report& report_;
    std::string name_;
    std::size_t count_ = 0;
};

/// A statement whose every row is a finding: a text, or an id.
void look(session& on, check_report& report, const std::string& name, const sql_text& text);

/// Reads a table page by page in order of id, which is the first column, and hands over each row.
void walk(session& on, const sql_text& select, const std::function<void(const row&)>& each);

/// The tables besides messages whose rows belong to a conversation.
inline constexpr std::array<std::string_view, 3> tables_of_conversations{
    "pairings",
    "webhook_deliveries",
    "delivery_queues"};

/// Calls `each` with every conversation of such a table, and the least and the greatest shard in
/// its rows.
void walk_shards(
    session& on,
    std::string_view table,
    const std::function<void(botcore::conversation_id, std::int64_t, std::int64_t)>& each
);

/// Every rule, within the transaction that is under way.
check_report check_all(session& on);

/// What one statement can say of the tables: who lacks a counterpart, and who is miscounted.
void check_relations(session& on, check_report& report);

}  // namespace botapi::sql
