#pragma once

#include "adapters/soci/driver/sql_dialect.hpp"
#include "adapters/soci/driver/statement.hpp"

#include <botcore/domain/access.hpp>

#include <string>

namespace botapi::sql {

/// What lets a statement speak of the bots that may be seen: it begins with `with`, and then asks
/// whether a bot is `IN (SELECT bot FROM visible)`. Precondition: not all bots are visible.
struct visible_sql {
    visible_sql(const sql_dialect& dialect, const botcore::visible_bots& visible);

    std::string with;   ///< `WITH visible (bot) AS (…) `.
    std::string takes;  ///< A letter for each bot. The bots are the first parameters.
};

/// Gives a statement that begins with `visible_sql::with` the bots.
void give_visible(statement& to, const botcore::visible_bots& visible);

}  // namespace botapi::sql
