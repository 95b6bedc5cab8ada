#include "adapters/soci/array_text.hpp"
#include "adapters/soci/session.hpp"

namespace botapi::sql {

void session::look_up(
    const sql_text& select,
    std::string_view column,
    std::span<const botcore::uuid> ids,
    const std::function<void(const statement&)>& each,
    std::string_view rest
)
{
    if (ids.empty())
        return;
    const std::string start = select.sql + " WHERE " + std::string{column};
    const auto read = [&](statement& asked) {
        for (asked.run(); asked.next();)
            each(asked);
    };

    if (is_postgresql()) {
        array_text all;
        for (const auto& id : ids)
            all.add(id);
        const sql_text text{
            start + " = ANY(CAST(:ids AS uuid[]))" + std::string{rest},
            "t",
            select.gives};
        read(prepared(text).give(all.text()));
        return;
    }
    const sql_text text{start + " = :id" + std::string{rest}, "i", select.gives};
    for (const auto& id : ids)
        read(prepared(text).give(id));
}

}  // namespace botapi::sql
