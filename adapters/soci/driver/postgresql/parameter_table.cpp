#include "adapters/soci/driver/postgresql/parameter_table.hpp"

namespace botapi::sql {

namespace {

binary_array::element element_of(column_type type)
{
    switch (type) {
        case column_type::uuid: return binary_array::element::uuid;
        case column_type::bigint: return binary_array::element::int8;
        case column_type::integer: return binary_array::element::int4;
        case column_type::smallint: return binary_array::element::int2;
        case column_type::text: break;
    }
    return binary_array::element::text;
}

/// The bytes to reserve for a value: exact, except for texts.
std::size_t usual_size(column_type type)
{
    switch (type) {
        case column_type::uuid: return botcore::uuid::size;
        case column_type::bigint: return 8;
        case column_type::integer: return 4;
        case column_type::smallint: return 2;
        case column_type::text: break;
    }
    return 32;
}

}  // namespace

parameter_table::parameter_table(std::span<const column> columns, std::size_t row_count)
{
    arrays_.reserve(columns.size());
    for (const auto& [name, type] : columns)
        arrays_.emplace_back(element_of(type), row_count, usual_size(type));
}

binary_array& parameter_table::next()
{
    auto& array = arrays_[next_];
    next_ = (next_ + 1) % arrays_.size();
    return array;
}

parameter_table& parameter_table::bind(const botcore::uuid& value)
{
    next().add(value);
    return *this;
}

parameter_table& parameter_table::bind(std::int64_t value)
{
    next().add(value);
    return *this;
}

parameter_table& parameter_table::bind(std::string_view value)
{
    next().add(value);
    return *this;
}

parameter_table& parameter_table::bind_null()
{
    next().add_null();
    return *this;
}

}  // namespace botapi::sql
