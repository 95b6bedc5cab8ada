#include "adapters/soci/driver/sql_dialect.hpp"

namespace botapi::sql {

namespace {

constexpr sql_dialect sqlite{
    .is_file = true,
    .has_arrays = false,
    .lock_rows = "",
    .lock_free_rows = "",
    .no_index = "+",
    .parameter_begin = ":p",
    .id_parameter_end = "",
    .number_parameter_end = "",
    .hexadecimal_begin = "hex(",
    .hexadecimal_end = ")",
    .join_texts = "group_concat",
    .current_time = "strftime('%Y-%m-%dT%H:%M:%SZ')",
    .current_nanoseconds = "(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000000)",
    .select_encoding = "PRAGMA encoding",
    .select_tables =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    .begin_migration = "BEGIN IMMEDIATE",
    .begin_check = "PRAGMA query_only = ON; BEGIN",
    .begin_repair = "BEGIN IMMEDIATE",
    .lock_repaired = "",
    .schema_folder = "schema/sqlite/",
};

constexpr sql_dialect postgresql{
    .is_file = false,
    .has_arrays = true,
    .lock_rows = " FOR NO KEY UPDATE",
    .lock_free_rows = " FOR UPDATE SKIP LOCKED",
    .no_index = "",
    .parameter_begin = "$",
    .id_parameter_end = "::uuid",
    .number_parameter_end = "::bigint",
    .hexadecimal_begin = "replace(CAST(",
    .hexadecimal_end = " AS text), '-', '')",
    .join_texts = "string_agg",
    .current_time = R"(to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))",
    .current_nanoseconds = "CAST(extract(epoch FROM statement_timestamp()) * 1000000000 AS bigint)",
    .select_encoding = "SELECT current_setting('server_encoding')",
    .select_tables =
        "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = current_schema()"
        " AND tablename IN ('botapi_schema', 'bots', 'conversations', 'pairings', 'messages',"
        " 'receipts')",
    // The lock's key is "bapi" in ASCII, and differs from that of the bots' lock.
    .begin_migration =
        "BEGIN; SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0;"
        "SELECT pg_advisory_xact_lock(1650552937)",
    .begin_check =
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0;"
        "SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = on",
    .begin_repair =
        "BEGIN; SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0;"
        "SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = on",
    .lock_repaired =
        "LOCK TABLE bots, conversations, pairings, messages, delivery_queues, webhook_deliveries"
        " IN SHARE ROW EXCLUSIVE MODE",
    .schema_folder = "schema/postgresql/",
};

}  // namespace

const sql_dialect& sql_of(dialect dialect) noexcept
{
    return dialect == dialect::postgresql ? postgresql : sqlite;
}

}  // namespace botapi::sql
