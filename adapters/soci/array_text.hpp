#pragma once

#include <botcore/domain/uuid.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace botapi::sql {

/// The text of a PostgreSQL array (PostgreSQL 15, section 8.15.6), for one bound parameter that
/// the statement casts: `CAST(:ids AS uuid[])`.
class array_text {
public:
    array_text& add(const botcore::uuid& item);
    array_text& add(std::int64_t item);

    /// Any text without U+0000.
    array_text& add(std::string_view item);
    array_text& add_null();

    [[nodiscard]] std::string text() const { return items_ + '}'; }

private:
    void separate();

    std::string items_ = "{";
};

}  // namespace botapi::sql
