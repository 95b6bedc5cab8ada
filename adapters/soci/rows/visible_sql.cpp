#include "adapters/soci/rows/visible_sql.hpp"

#include <algorithm>
#include <cstddef>

namespace botapi::sql {

std::string array_of(const botcore::visible_bots& visible)
{
    std::string text = "{";
    for (const auto& id : visible.ids()) {
        text.append(text.size() > 1 ? "," : "");
        id.append_to(text);
    }
    return text + '}';
}

visible_sql::visible_sql(const sql_dialect& dialect, const botcore::visible_bots& visible)
{
    if (dialect.has_arrays) {
        with = "WITH visible (bot) AS (SELECT unnest(CAST(:visible AS uuid[]))) ";
        parameters = "t";
        return;
    }
    with = "WITH visible (bot) AS (VALUES ";
    for (std::size_t number = 1; number <= padded_count(visible.ids().size()); ++number) {
        with += (number == 1 ? "(:visible" : ", (:visible") + std::to_string(number) + ')';
        parameters += 'i';
    }
    with += ") ";
}

void bind_visible(
    const sql_dialect& dialect,
    statement& statement,
    const botcore::visible_bots& visible
)
{
    const auto& ids = visible.ids();
    if (visible.is_all())
        return;
    if (dialect.has_arrays) {
        statement.bind(std::string_view{array_of(visible)});
        return;
    }
    for (std::size_t number = 0; number < padded_count(ids.size()); ++number)
        statement.bind(ids[std::min(number, ids.size() - 1)]);
}

}  // namespace botapi::sql
