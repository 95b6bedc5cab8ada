#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <bit>
#include <cstddef>
#include <string>
#include <string_view>

namespace botapi::sql {

/// The parts of SQL in which the two databases differ. Code that uses them writes a statement once
/// for both.
struct sql_dialect {
    /// Whether the database is a file that this program reads and writes itself.
    bool is_file;

    /// Whether a parameter can be an array.
    bool has_arrays;

    /// The end of a SELECT whose rows the transaction is about to change, but not their keys.
    std::string_view lock_rows;

    /// The same, but the SELECT skips rows that another transaction has locked.
    std::string_view lock_free_rows;

    /// A prefix of a column: the planner then uses no index on it. SQLite needs it because its
    /// planner does not know the data.
    std::string_view no_index;

    /// The texts before and after the number of a parameter of a `query`.
    std::string_view parameter_begin;
    std::string_view id_parameter_end;
    std::string_view number_parameter_end;

    /// The texts before and after an id: together they are its 32 hexadecimal digits.
    std::string_view hexadecimal_begin;
    std::string_view hexadecimal_end;

    /// The aggregate that joins texts, with a separator as its second argument.
    std::string_view join_texts;

    /// The time of the statement in UTC, as text in RFC 3339.
    std::string_view current_time;

    /// The time of the statement by the database's clock, in nanoseconds since 1970. It is the same
    /// throughout a statement, so that an index serves comparisons with it.
    std::string_view current_nanoseconds;

    /// Selects the database's encoding. Texts are stored byte for byte only with UTF-8.
    std::string_view select_encoding;

    /// Selects the names of tables that could conflict with our schema. In a SQLite file, which
    /// belongs to one program, these are all tables. On PostgreSQL these are tables with some of
    /// our names.
    std::string_view select_tables;

    /// Begins a transaction that excludes other migrations. It waits for up to a minute for them.
    std::string_view begin_migration;

    /// Begins a transaction that reads whole tables from one snapshot.
    std::string_view begin_check;

    /// Begins a transaction that repairs. It waits for locks for up to a minute.
    std::string_view begin_repair;

    /// Locks the tables that are repaired against other programs. Empty if the transaction excludes
    /// all other writers anyway.
    std::string_view lock_repaired;

    /// The folder of the migrations that are compiled into the program.
    std::string_view schema_folder;

    [[nodiscard]] std::string hexadecimal(std::string_view id) const
    {
        return std::string{hexadecimal_begin}.append(id).append(hexadecimal_end);
    }
};

/// The number of parameters for `count` ids in a database without arrays. It is the next power of
/// two, so that there are few different statements. The caller repeats the last id.
constexpr std::size_t padded_count(std::size_t count) noexcept
{
    return std::bit_ceil(count);
}

/// Lifetime: that of the program.
const sql_dialect& sql_of(dialect dialect) noexcept;

}  // namespace botapi::sql
