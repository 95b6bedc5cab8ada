#pragma once

#include <botcore/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::sql {

enum class dialect : std::uint8_t { sqlite, postgresql };

/// The URL of a database.
///
/// Shape: `sqlite:FILE`, or a connection URI of libpq: `postgresql://…` or `postgres://…`. libpq
/// gets the URI unchanged, with all hosts and parameters.
class database_url {
public:
    /// Errors: `invalid_argument`, saying what is wrong, without quoting the URL.
    static botcore::result<database_url> parse(std::string_view text);

    [[nodiscard]] sql::dialect dialect() const noexcept { return dialect_; }

    /// The file for SQLite; the whole URI, password included, for PostgreSQL.
    [[nodiscard]] const std::string& target() const noexcept { return target_; }

    /// The URL with every password replaced by `***`, for logs and messages.
    [[nodiscard]] const std::string& redacted() const noexcept { return redacted_; }

private:
    database_url(sql::dialect dialect, std::string target, std::string redacted) noexcept
        : dialect_{dialect}, target_{std::move(target)}, redacted_{std::move(redacted)}
    {
    }

    sql::dialect dialect_;
    std::string target_;
    std::string redacted_;
};

}  // namespace botapi::sql
