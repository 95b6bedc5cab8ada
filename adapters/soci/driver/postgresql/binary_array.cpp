#include "adapters/soci/driver/postgresql/binary_array.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace botapi::sql {

namespace {

constexpr std::size_t nulls_offset = 4;
constexpr std::size_t count_offset = 12;
constexpr std::size_t header_size = 20;
constexpr std::uint32_t null_size = 0xffffffff;

unsigned size_of(binary_array::element type)
{
    switch (type) {
        case binary_array::element::int2: return 2;
        case binary_array::element::int4: return 4;
        case binary_array::element::int8:
        case binary_array::element::text:
        case binary_array::element::uuid: break;
    }
    return 8;
}

std::array<char, 8> in_network_order(std::uint64_t number)
{
    std::array<char, 8> bytes{};
    for (std::size_t at = 0; at < bytes.size(); ++at)
        bytes[at] = static_cast<char>(number >> (56 - 8 * at));
    return bytes;
}

}  // namespace

std::string in_binary(const botcore::uuid& value)
{
    const auto& bytes = value.bytes();
    return {bytes.begin(), bytes.end()};
}

std::string in_binary(std::int64_t value)
{
    const auto bytes = in_network_order(static_cast<std::uint64_t>(value));
    return {bytes.begin(), bytes.end()};
}

binary_array::binary_array(element type, std::size_t count, std::size_t size) : type_{type}
{
    bytes_.reserve(header_size + count * (4 + size));
    append(1, 4);  // One dimension. Without elements, PostgreSQL reads an empty array.
    append(0, 4);
    append(static_cast<std::uint32_t>(type), 4);
    append(0, 4);
    append(1, 4);
}

binary_array& binary_array::add(const botcore::uuid& item)
{
    begin_item(botcore::uuid::size);
    const auto raw = std::bit_cast<std::array<char, botcore::uuid::size>>(item.bytes());
    bytes_.append(raw.data(), raw.size());
    return *this;
}

binary_array& binary_array::add(std::int64_t item)
{
    const unsigned size = size_of(type_);
    begin_item(size);
    append(static_cast<std::uint64_t>(item), size);
    return *this;
}

binary_array& binary_array::add(std::string_view item)
{
    begin_item(static_cast<std::uint32_t>(item.size()));
    bytes_ += item;
    return *this;
}

binary_array& binary_array::add_null()
{
    begin_item(null_size);
    bytes_[nulls_offset + 3] = 1;
    return *this;
}

std::string_view binary_array::only() const noexcept
{
    if (bytes_[nulls_offset + 3] != 0)
        return {};
    return std::string_view{bytes_}.substr(header_size + 4);
}

void binary_array::begin_item(std::uint32_t size)
{
    const auto count = in_network_order(++count_);
    std::copy_n(count.begin() + 4, 4, bytes_.begin() + count_offset);
    append(size, 4);
}

void binary_array::append(std::uint64_t number, unsigned bytes)
{
    const auto all = in_network_order(number);
    bytes_.append(all.data() + all.size() - bytes, bytes);
}

std::string in_binary(const std::vector<botcore::uuid>& values)
{
    binary_array all{binary_array::element::uuid, values.size(), botcore::uuid::size};
    for (const auto& value : values)
        all.add(value);
    return all.bytes();
}

}  // namespace botapi::sql
