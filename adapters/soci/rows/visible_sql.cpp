#include "adapters/soci/rows/visible_sql.hpp"

namespace botapi::sql {

visible_sql::visible_sql(const sql_dialect& dialect, const botcore::visible_bots& visible)
    : with{"WITH visible (bot) AS (VALUES "}
{
    for (std::size_t number = 1; number <= visible.ids().size(); ++number) {
        with += number == 1 ? "(" : ", (";
        with += dialect.typed_id(":visible" + std::to_string(number)) + ')';
        takes += 'i';
    }
    with += ") ";
}

void give_visible(statement& statement, const botcore::visible_bots& visible)
{
    for (const auto& id : visible.ids())
        statement.give(id);
}

}  // namespace botapi::sql
