#pragma once

#include "adapters/soci/driver/sql_dialect.hpp"
#include "adapters/soci/driver/statement.hpp"

#include <botcore/domain/access.hpp>

#include <string>

namespace botapi::sql {

/// The visible bots as PostgreSQL writes an array of them.
std::string array_of(const botcore::visible_bots& visible);

/// Makes the visible bots a table of a statement: the statement begins with `with`, and can then
/// test whether a bot is `IN (SELECT bot FROM visible)`. Precondition: not all bots are visible.
struct visible_sql {
    visible_sql(const sql_dialect& dialect, const botcore::visible_bots& visible);

    std::string with;  ///< `WITH visible (bot) AS (…) `.
    std::string
        parameters;  ///< Letters for `sql_text::parameters`: the bots are the first parameters.
};

/// Gives the visible bots to a statement that begins with `visible_sql::with`.
/// Does nothing if all are visible.
void bind_visible(
    const sql_dialect& dialect,
    statement& statement,
    const botcore::visible_bots& visible
);

}  // namespace botapi::sql
