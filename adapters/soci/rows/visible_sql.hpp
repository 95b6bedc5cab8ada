#pragma once

#include "adapters/soci/driver/sql_dialect.hpp"
#include "adapters/soci/driver/statement.hpp"

#include <botcore/domain/access.hpp>

#include <string>

namespace botapi::sql {

/// The visible bots as the text of a PostgreSQL array.
std::string array_of(const botcore::visible_bots& visible);

/// Adds the visible bots to a statement as the table `visible`. The statement must begin with
/// `with`. It can then test whether a bot is `IN (SELECT bot FROM visible)`. Precondition: not all
/// bots are visible.
struct visible_sql {
    visible_sql(const sql_dialect& dialect, const botcore::visible_bots& visible);

    std::string with;        ///< `WITH visible (bot) AS (…) `.
    std::string parameters;  ///< For `sql_text::parameters`. The bots are the first parameters.
};

/// Binds the visible bots to a statement that begins with `visible_sql::with`. Does nothing if all
/// bots are visible.
void bind_visible(
    const sql_dialect& dialect,
    statement& statement,
    const botcore::visible_bots& visible
);

}  // namespace botapi::sql
