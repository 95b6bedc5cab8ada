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

/// A statement, and what goes in and comes out. Each parameter, `:name`, stands in it once.
struct sql_text {
    std::string sql;

    /// The parameters and the columns in their order, a letter for each: `i` an id, `n` a number,
    /// `t` a text.
    std::string_view takes{};
    std::string_view gives{};
};

/// A prepared statement with places for its parameters and for one row of its answer.
///
/// Give it all parameters in their order, run it, then read rows until there is none: only then is
/// it ready to be run again, and only then does SQLite give up what it read. It is itself the row.
class statement final : public row {
public:
    statement(soci::session& session, dialect dialect, const sql_text& text);

    statement& give(const botcore::uuid& value);
    statement& give(std::int64_t value);
    statement& give(std::uint64_t value) { return give(static_cast<std::int64_t>(value)); }
    statement& give(std::string_view value);
    statement& give_null();

    template <class Tag>
    statement& give(const botcore::id<Tag>& value)
    {
        return give(value.value);
    }

    statement& run();

    /// Runs it, for the one number that it answers. 0, if it answers no row.
    std::uint64_t run_for_count();

    /// Goes to the next row. False if there is none.
    bool next();

    /// For statements that answer nothing, or of whose answer nothing is wanted.
    void finish();

    /// Whether the last `run` threw. SOCI frees what it made of the parameters only after a success
    /// or with the statement: a failed one must not be run again.
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
    std::deque<cell> parameters_;  // A deque, since SOCI keeps references.
    std::deque<cell> columns_;
    std::size_t given_ = 0;
    bool has_first_row_ = false;
    bool has_failed_ = false;
    soci::statement statement_;
};

}  // namespace botapi::sql
