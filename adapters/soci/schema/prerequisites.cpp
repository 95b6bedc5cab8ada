#include "adapters/soci/schema/prerequisites.hpp"

#include <string>

namespace botapi::sql {

using botcore::errc;
using botcore::refuse;
using botcore::result;

namespace {

/// Texts are stored byte for byte, so the database must not convert them.
result<> check_encoding(session& db)
{
    std::string encoding;
    auto& selection = db.prepared({std::string{db.dialect().select_encoding}, {}, "t"});
    for (selection.run(); selection.next();)
        encoding = selection.text(0);
    if (encoding == "UTF8" || encoding == "UTF-8")
        return {};
    const std::string cure =
        db.dialect().is_file
            ? "name another file."
            : "create one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.";
    return refuse(
        errc::unavailable,
        "The database's encoding is " + encoding +
            ", and botapi needs a database that was created with UTF8: " + cure
    );
}

/// The role, and the schema in which it makes tables: the first of its search path that exists and
/// that it may use.
struct workplace {
    std::string role;
    std::string search_path;
    std::string schema;  ///< Empty if there is none.
    bool may_create = false;
};

workplace find_workplace(session& db)
{
    workplace found;
    auto& selection = db.prepared(
        {"SELECT CAST(current_user AS text), current_setting('search_path'),"
         " coalesce(CAST(current_schema() AS text), ''),"
         " CAST(CAST(coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS integer)"
         " AS bigint)",
         {},
         "tttn"}
    );
    for (selection.run(); selection.next();) {
        found.role = selection.text(0);
        found.search_path = selection.text(1);
        found.schema = selection.text(2);
        found.may_create = selection.number(3) != 0;
    }
    return found;
}

result<> check_workplace(const workplace& at, schema_use use)
{
    const auto& [role, search_path, schema, may_create] = at;
    if (schema.empty() && (search_path.empty() || search_path == "\"\"")) {
        return refuse(
            errc::unavailable,
            "The search_path of the role " + role + " is empty: run ALTER ROLE " + role +
                " SET search_path = public, or remove it from the URL's options."
        );
    }
    if (schema.empty()) {
        return refuse(
            errc::unavailable,
            "The role " + role + " may use no schema of its search_path (" + search_path +
                "): run GRANT USAGE, CREATE ON SCHEMA … TO " + role + ", or ALTER ROLE " + role +
                " SET search_path."
        );
    }
    if (use == schema_use::change && !may_create) {
        return refuse(
            errc::unavailable,
            "The role " + role + " has no right to make tables in the schema " + schema +
                ": run GRANT CREATE ON SCHEMA " + schema + " TO " + role +
                ", or make it the owner of the database."
        );
    }
    return {};
}

}  // namespace

result<> check_prerequisites(session& db, schema_use use)
{
    if (auto encoded = check_encoding(db); !encoded || db.dialect().is_file)
        return encoded;
    return check_workplace(find_workplace(db), use);
}

}  // namespace botapi::sql
