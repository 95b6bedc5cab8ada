#pragma once

#include "adapters/soci/driver/row.hpp"

#include <libpq-fe.h>

#include <cstddef>
#include <memory>
#include <string_view>

namespace botapi::sql {

/// PostgreSQL's answer to one statement in binary format: numbers are in network byte order, and
/// ids have 16 bytes.
class binary_rows {
public:
    explicit binary_rows(PGresult* result) noexcept : result_{result, &PQclear} {}

    [[nodiscard]] std::size_t size() const noexcept
    {
        return static_cast<std::size_t>(PQntuples(result_.get()));
    }

    [[nodiscard]] const PGresult& result() const noexcept { return *result_; }

private:
    std::unique_ptr<PGresult, decltype(&PQclear)> result_;
};

/// One row of `binary_rows`. Lifetime: that of the rows.
class binary_row final : public row {
public:
    binary_row(const binary_rows& rows, std::size_t number) noexcept
        : result_{rows.result()}, number_{static_cast<int>(number)}
    {
    }

    [[nodiscard]] botcore::uuid id(std::size_t column) const override;

    /// For a `smallint`, an `integer` or a `bigint`.
    [[nodiscard]] std::int64_t number(std::size_t column) const override;
    [[nodiscard]] std::string_view text(std::size_t column) const override;
    [[nodiscard]] bool is_null(std::size_t column) const override;

private:
    const PGresult& result_;
    int number_;
};

}  // namespace botapi::sql
