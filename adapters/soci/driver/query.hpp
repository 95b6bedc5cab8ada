#pragma once

#include "adapters/soci/driver/sql_dialect.hpp"

#include <botcore/domain/uuid.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace botapi::sql {

/// A SELECT whose conditions depend on the request, and the values of its parameters. The request
/// decides which conditions the text has; its values are only ever bound.
class query {
public:
    using value = std::variant<botcore::uuid, std::int64_t, std::vector<botcore::uuid>>;

    explicit query(const sql_dialect& dialect) noexcept : dialect_{dialect} {}

    [[nodiscard]] const sql_dialect& dialect() const noexcept { return dialect_; }

    /// Binds the next parameter to a value. Returns the parameter as it stands in the text.
    std::string bind(value bound);

    /// Binds parameters to ids. Returns the condition that `column` is one of them. There is at
    /// least one.
    std::string bind_any(const std::string& column, const std::vector<botcore::uuid>& ids);

    std::string sql{};

    /// In the order in which they were bound, which must be that of their parameters in the text.
    [[nodiscard]] const std::vector<value>& values() const noexcept { return values_; }

private:
    const sql_dialect& dialect_;
    std::vector<value> values_{};
};

}  // namespace botapi::sql
