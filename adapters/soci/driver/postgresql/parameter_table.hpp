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

/// Rows as parameters of a statement: an array for each column.
///
/// `give` takes a row value by value, in the order of the columns; the value after the last column
/// begins the next row.
class parameter_table {
public:
    /// Reserves memory for `row_count` rows.
    parameter_table(std::span<const column> columns, std::size_t row_count);

    parameter_table& give(const botcore::uuid& value);
    parameter_table& give(std::int64_t value);
    parameter_table& give(std::uint64_t value) { return give(static_cast<std::int64_t>(value)); }
    parameter_table& give(std::string_view value);
    parameter_table& give_null();

    template <class Tag>
    parameter_table& give(const botcore::id<Tag>& value)
    {
        return give(value.value);
    }

    /// The arrays, one for each column. Lifetime: until the table changes.
    [[nodiscard]] const std::vector<binary_array>& arrays() const noexcept { return arrays_; }

private:
    binary_array& next();

    std::vector<binary_array> arrays_;
    std::size_t next_ = 0;  ///< The column of the next value.
};

}  // namespace botapi::sql
