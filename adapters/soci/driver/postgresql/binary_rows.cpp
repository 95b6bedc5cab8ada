#include "adapters/soci/driver/postgresql/binary_rows.hpp"

#include <algorithm>

namespace botapi::sql {

botcore::uuid binary_row::id(std::size_t column) const
{
    const auto stored = text(column);
    botcore::uuid::bytes_type bytes{};
    if (stored.size() != bytes.size())
        throw broken_data{"A stored id does not have 16 bytes."};
    std::ranges::transform(stored, bytes.begin(), [](char byte) {
        return static_cast<std::uint8_t>(byte);
    });
    return botcore::uuid{bytes};
}

std::int64_t binary_row::number(std::size_t column) const
{
    const auto stored = text(column);
    if (stored.size() != 2 && stored.size() != 4 && stored.size() != 8)
        throw broken_data{"A stored number has an impossible size."};
    std::uint64_t number = (static_cast<unsigned char>(stored.front()) & 0x80U) != 0 ? ~0ULL : 0;
    for (const char byte : stored)
        number = (number << 8U) | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(number);
}

std::string_view binary_row::text(std::size_t column) const
{
    if (is_null(column))
        throw broken_data{"A stored value is missing."};
    const auto index = static_cast<int>(column);
    const auto size = static_cast<std::size_t>(PQgetlength(&result_, number_, index));
    return {PQgetvalue(&result_, number_, index), size};
}

bool binary_row::is_null(std::size_t column) const
{
    return PQgetisnull(&result_, number_, static_cast<int>(column)) != 0;
}

}  // namespace botapi::sql
