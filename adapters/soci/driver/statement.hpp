#pragma once

#include "adapters/soci/driver/database_url.hpp"
#include "adapters/soci/driver/row.hpp"

#include <botcore/domain/id.hpp>
#include <botcore/domain/uuid.hpp>

#include <soci/soci.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace botapi::sql {

/// The SQL of a statement, and the types of its parameters and columns. Each parameter `:name`
/// occurs once in the SQL.
struct sql_text {
    std::string sql;

    /// The types of the parameters and of the columns, in order, one letter each: `i` is an id, `n`
    /// a number, `t` a text.
    std::string_view parameters{};
    std::string_view columns{};
};

/// How long a statement stays prepared.
enum class statement_life : std::uint8_t {
    session,  ///< Until the statement is destroyed.
    run,      ///< For one run. It leaves nothing in the database's session.
};

/// A prepared statement, with memory for its parameters and for one row of its answer.
///
/// Bind all parameters in order, and call `run`. Then call `next` until it returns false, or call
/// `finish`. Only after that the statement can run again, and SQLite releases its read lock. The
/// statement itself is the current row.
class statement final : public row {
public:
    statement(soci::session& session, dialect dialect, const sql_text& text, statement_life life);

    statement& bind(const botcore::uuid& value);
    statement& bind(std::int64_t value);
    statement& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
    statement& bind(std::string_view value);
    statement& bind_null();

    template <class Tag>
    statement& bind(const botcore::id<Tag>& value)
    {
        return bind(value.value);
    }

    statement& run();

    /// Runs a statement that answers one number, and returns it. 0, if there is no row.
    std::uint64_t run_for_count();

    /// Goes to the next row. False if there is none.
    bool next();

    /// Ends a statement that has no rows, or whose remaining rows are not needed.
    void finish();

    /// Whether the last `run` threw. A failed statement must not be run again: SOCI frees its
    /// copies of the parameters only after a success, or with the statement.
    [[nodiscard]] bool has_failed() const noexcept { return has_failed_; }

    [[nodiscard]] botcore::uuid id(std::size_t column) const override;
    [[nodiscard]] std::int64_t number(std::size_t column) const override;
    [[nodiscard]] std::string_view text(std::size_t column) const override;
    [[nodiscard]] bool is_null(std::size_t column) const override;

private:
    struct cell {
        std::string text{};
        long long number = 0;
        std::unique_ptr<soci::blob> bytes{};
        soci::indicator state = soci::i_ok;
    };

    cell& next_parameter();

    dialect dialect_;
    std::deque<cell> parameters_;  // A deque, because SOCI keeps references.
    std::deque<cell> columns_;
    std::size_t parameter_count_ = 0;  ///< Parameters bound so far.
    bool has_first_row_ = false;
    bool has_failed_ = false;
    soci::statement statement_;
};

}  // namespace botapi::sql
