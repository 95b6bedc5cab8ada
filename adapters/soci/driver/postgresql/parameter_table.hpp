#pragma once

#include "adapters/soci/driver/column.hpp"
#include "adapters/soci/driver/postgresql/binary_array.hpp"

#include <botcore/domain/id.hpp>
#include <botcore/domain/uuid.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace botapi::sql {

/// Rows as parameters of a statement. Each column becomes one array.
///
/// `bind` adds the next value of a row, in the order of the columns. The value after that of the
/// last column begins the next row.
class parameter_table {
public:
    /// Reserves memory for `row_count` rows.
    parameter_table(std::span<const column> columns, std::size_t row_count);

    parameter_table& bind(const botcore::uuid& value);
    parameter_table& bind(std::int64_t value);
    parameter_table& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
    parameter_table& bind(std::string_view value);
    parameter_table& bind_null();

    template <class Tag>
    parameter_table& bind(const botcore::id<Tag>& value)
    {
        return bind(value.value);
    }

    /// The arrays, one for each column. Lifetime: until the table changes.
    [[nodiscard]] const std::vector<binary_array>& arrays() const noexcept { return arrays_; }

private:
    binary_array& next();

    std::vector<binary_array> arrays_;
    std::size_t next_ = 0;  ///< The column of the next value.
};

}  // namespace botapi::sql
