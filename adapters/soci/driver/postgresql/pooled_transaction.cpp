#include "adapters/soci/driver/postgresql/pooled_transaction.hpp"

#include "adapters/soci/driver/postgresql/server_state.hpp"

namespace botapi::sql {

namespace {

constexpr std::string_view of_this_database =
    " FROM pg_database d WHERE d.datname = current_database()";

/// A column that changes a setting for this transaction.
std::string set_column(std::string_view name, const std::string& value)
{
    return ", set_config('" + std::string{name} + "', " + value + ", true)";
}

/// The same, if the setting now has the value `old`.
std::string replace_column(std::string_view name, std::string_view old, std::string_view value)
{
    const auto current = "current_setting('" + std::string{name} + "')";
    return set_column(
        name,
        "CASE " + current + " WHEN '" + std::string{old} + "' THEN '" + std::string{value} +
            "' ELSE " + current + " END"
    );
}

}  // namespace

const std::string select_place = "SELECT CAST(d.oid AS bigint), " +
                                 std::string{started_at_us_column} +
                                 ", (SELECT CAST(setting AS bigint) FROM pg_settings"
                                 " WHERE name = 'statement_timeout')" +
                                 std::string{of_this_database};

const std::string open_pooled =
    std::string{state_query} + ", 1 / CAST(CAST(d.oid AS bigint) = $2::bigint AND " +
    std::string{started_at_us_column} + " = $3::bigint AS integer)" +
    set_column("statement_timeout", "$1::text") + set_column("client_min_messages", "'warning'") +
    set_column("enable_seqscan", "'off'") + set_column("enable_bitmapscan", "'off'") +
    set_column("jit", "'off'") + set_column("plan_cache_mode", "'force_generic_plan'") +
    replace_column("idle_in_transaction_session_timeout", "0", "15s") +
    replace_column("synchronous_commit", "off", "on") + std::string{of_this_database};

}  // namespace botapi::sql
