#include "adapters/soci/driver/connections.hpp"
#include "adapters/soci/driver/postgresql/binary_array.hpp"
#include "adapters/soci/driver/session.hpp"

namespace botapi::sql {

void session::select_by_ids(
    const sql_text& select,
    std::string_view column,
    std::span<const botcore::uuid> ids,
    const std::function<void(const row&)>& each,
    std::string_view rest
)
{
    if (ids.empty())
        return;
    const std::string start = select.sql + " WHERE " + std::string{column};
    if (is_postgresql()) {
        binary_array all{binary_array::element::uuid, ids.size(), botcore::uuid::size};
        for (const auto& id : ids)
            all.add(id);
        const auto rows =
            run_binary(start + " = ANY($1::uuid[])" + std::string{rest}, {all.bytes()});
        for (std::size_t number = 0; number < rows.size(); ++number)
            each(binary_row{rows, number});
        return;
    }
    // Outside a transaction each statement is one, and locks and unlocks the file for itself.
    const bool spans_all = ids.size() > 1 &&
                           sqlite_api::sqlite3_get_autocommit(sqlite_of(*soci_)) != 0;
    const sql_text text{start + " = :id" + std::string{rest}, "i", select.gives};
    if (spans_all)
        execute("BEGIN");
    for (const auto& id : ids) {
        auto& asked = prepared(text);
        for (asked.give(id).run(); asked.next();)
            each(asked);
    }
    if (spans_all)
        execute("COMMIT");
}

}  // namespace botapi::sql
