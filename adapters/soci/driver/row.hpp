#pragma once

#include <botcore/domain/uuid.hpp>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace botapi::sql {

/// Thrown if stored data breaks an invariant. `what()` names the invariant and quotes no data.
struct broken_data : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One row of an answer. Columns count from 0. Throws `broken_data` for a null, and for an id that
/// is malformed.
class row {
public:
    row() = default;
    virtual ~row() = default;

    row(const row&) = delete;
    row& operator=(const row&) = delete;

    [[nodiscard]] virtual botcore::uuid id(std::size_t column) const = 0;
    [[nodiscard]] virtual std::int64_t number(std::size_t column) const = 0;

    /// Lifetime: that of the row.
    [[nodiscard]] virtual std::string_view text(std::size_t column) const = 0;
    [[nodiscard]] virtual bool is_null(std::size_t column) const = 0;

    [[nodiscard]] std::uint64_t count(std::size_t column) const
    {
        return static_cast<std::uint64_t>(number(column));
    }
};

}  // namespace botapi::sql
