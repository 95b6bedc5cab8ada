#include "adapters/soci/schema/schema_state.hpp"

#include "schema_files.hpp"

#include <botcore/domain/hexadecimal.hpp>
#include <botcore/domain/idempotency.hpp>

#include <charconv>

namespace botapi::sql {

using botcore::errc;
using botcore::refuse;
using botcore::result;

namespace {

std::string checksum_of(std::string_view content)
{
    return botcore::to_hexadecimal(botcore::content_hash{}.add(content).finish());
}

std::vector<schema_step> hashed_steps(const sql_dialect& dialect)
{
    const auto folder = dialect.schema_folder;
    constexpr std::string_view ending = ".sql";
    std::vector<schema_step> steps;
    for (const auto& [path, content] : embedded_files) {
        if (!path.starts_with(folder))
            continue;
        auto name = path.substr(folder.size());
        name.remove_suffix(ending.size());
        std::int64_t number = 0;
        std::from_chars(name.data(), name.data() + name.size(), number);
        steps.push_back({number, name, content, checksum_of(content)});
    }
    return steps;
}

}  // namespace

const std::vector<schema_step>& steps_for(const sql_dialect& dialect)
{
    static const auto of_sqlite = hashed_steps(sql_of(sql::dialect::sqlite));
    static const auto of_postgresql = hashed_steps(sql_of(sql::dialect::postgresql));
    return dialect.is_file ? of_sqlite : of_postgresql;
}

schema_state read_schema_state(session& db)
{
    schema_state state;
    auto& tables = db.prepared({std::string{db.dialect().select_tables}, {}, "t"});
    for (tables.run(); tables.next();) {
        const bool is_history = std::string{tables.text(0)} == "botapi_schema";
        (is_history ? state.has_history : state.is_taken) = true;
    }
    if (!state.has_history)
        return state;
    auto& applied = db.prepared(
        {"SELECT number, name, checksum FROM botapi_schema ORDER BY number", {}, "ntt"}
    );
    for (applied.run(); applied.next();)
        state.applied.push_back(
            {applied.number(0), std::string{applied.text(1)}, std::string{applied.text(2)}}
        );
    return state;
}

result<> check_history(const schema_state& state, const std::vector<schema_step>& steps)
{
    if (state.applied.empty() && state.is_taken) {
        return refuse(
            errc::unavailable,
            "The database does not belong to botapi: it has tables of another program."
        );
    }
    for (std::size_t at = 0; at < state.applied.size(); ++at) {
        const auto& [number, name, checksum] = state.applied[at];
        if (at >= steps.size() && number > steps.back().number) {
            return refuse(
                errc::unavailable,
                "The database's schema (" + name +
                    ") is newer than this program: run a newer botapi."
            );
        }
        if (at >= steps.size() || steps[at].number != number || steps[at].checksum != checksum) {
            return refuse(
                errc::unavailable,
                "The database's migration " + name +
                    " differs from this program's: it was changed after it was applied."
            );
        }
    }
    return {};
}

result<> check_schema(session& db)
{
    const auto state = read_schema_state(db);
    const auto& steps = steps_for(db.dialect());
    if (auto checked = check_history(state, steps); !checked)
        return checked;
    if (state.applied.size() < steps.size()) {
        return refuse(
            errc::unavailable,
            state.applied.empty()
                ? "The database has no schema yet: run `botapi migrate`."
                : "The database's schema is older than this program: run `botapi migrate`."
        );
    }
    return {};
}

}  // namespace botapi::sql
