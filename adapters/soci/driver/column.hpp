#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace botapi::sql {

enum class column_type : std::uint8_t { uuid, bigint, integer, smallint, text };

/// A column of a table, or a column of rows that a statement has as parameters.
struct column {
    std::string_view name;
    column_type type;

    friend constexpr bool operator==(const column&, const column&) = default;
};

/// The letter by which `sql_text` names the type of a parameter or of a result.
constexpr char letter_of(column_type type) noexcept
{
    switch (type) {
        case column_type::uuid: return 'i';
        case column_type::text: return 't';
        case column_type::bigint:
        case column_type::integer:
        case column_type::smallint: break;
    }
    return 'n';
}

/// The type's name on PostgreSQL.
constexpr std::string_view name_of(column_type type) noexcept
{
    switch (type) {
        case column_type::uuid: return "uuid";
        case column_type::bigint: return "bigint";
        case column_type::integer: return "integer";
        case column_type::smallint: return "smallint";
        case column_type::text: break;
    }
    return "text";
}

/// The letters of all columns, in order: a `sql_text::parameters` or `sql_text::columns`.
template <std::size_t Count>
constexpr std::array<char, Count> letters_of(const std::array<column, Count>& columns) noexcept
{
    std::array<char, Count> letters{};
    for (std::size_t index = 0; index < Count; ++index)
        letters[index] = letter_of(columns[index].type);
    return letters;
}

/// The names of all columns, each after `prefix`, separated by commas: `m.id, m.seq`.
template <std::size_t Count>
std::string names_of(const std::array<column, Count>& columns, std::string_view prefix = {})
{
    std::string names;
    for (const auto& column : columns)
        names.append(names.empty() ? "" : ", ").append(prefix).append(column.name);
    return names;
}

/// The index of the column with this name. An unknown name does not compile.
template <std::size_t Count>
consteval std::size_t index_of(const std::array<column, Count>& columns, std::string_view name)
{
    std::size_t index = 0;
    while (columns.at(index).name != name)
        ++index;
    return index;
}

}  // namespace botapi::sql
