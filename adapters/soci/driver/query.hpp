#pragma once

#include "adapters/soci/driver/sql_dialect.hpp"

#include <botcore/domain/uuid.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace botapi::sql {

/// A SELECT whose conditions depend on the request, and the values of its parameters. The request
/// decides which conditions are in the SQL. Its values are bound, and never become part of the SQL.
class query {
public:
    using value = std::variant<botcore::uuid, std::int64_t, std::vector<botcore::uuid>>;

    explicit query(const sql_dialect& dialect) noexcept : dialect_{dialect} {}

    [[nodiscard]] const sql_dialect& dialect() const noexcept { return dialect_; }

    /// Binds the next parameter to a value. Returns the parameter's name for the SQL.
    std::string bind(value bound);

    /// Binds parameters to ids. Returns the condition that `column` is one of them. Precondition:
    /// `ids` is not empty.
    std::string bind_any(const std::string& column, const std::vector<botcore::uuid>& ids);

    std::string sql{};

    /// The values in the order of `bind`. The parameters must have the same order in the SQL.
    [[nodiscard]] const std::vector<value>& values() const noexcept { return values_; }

private:
    const sql_dialect& dialect_;
    std::vector<value> values_{};
};

}  // namespace botapi::sql
