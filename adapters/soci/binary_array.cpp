#include "adapters/soci/binary_array.hpp"

namespace botapi::sql {

namespace {

constexpr std::size_t nulls_at = 4;
constexpr std::size_t count_at = 12;
constexpr std::size_t head_size = 20;
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

}  // namespace

std::string in_binary(const botcore::uuid& value)
{
    const auto& bytes = value.bytes();
    return {bytes.begin(), bytes.end()};
}

std::string in_binary(std::int64_t value)
{
    std::string bytes;
    for (unsigned shift = 64; shift > 0; shift -= 8)
        bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> (shift - 8));
    return bytes;
}

binary_array::binary_array(element type, std::size_t count, std::size_t size) : type_{type}
{
    bytes_.reserve(head_size + count * (4 + size));
    append(1, 4);  // Dimensions. An empty one is as good as none.
    append(0, 4);
    append(static_cast<std::uint32_t>(type), 4);
    append(0, 4);
    append(1, 4);
}

binary_array& binary_array::add(const botcore::uuid& item)
{
    begin_item(botcore::uuid::size);
    for (const auto byte : item.bytes())
        bytes_ += static_cast<char>(byte);
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
    bytes_[nulls_at + 3] = 1;
    return *this;
}

std::string_view binary_array::only() const noexcept
{
    if (bytes_[nulls_at + 3] != 0)
        return {};
    return std::string_view{bytes_}.substr(head_size + 4);
}

void binary_array::begin_item(std::uint32_t size)
{
    ++count_;
    for (unsigned at = 0; at < 4; ++at)
        bytes_[count_at + at] = static_cast<char>(count_ >> (24 - 8 * at));
    append(size, 4);
}

void binary_array::append(std::uint64_t number, unsigned bytes)
{
    for (unsigned left = bytes; left > 0; --left)
        bytes_ += static_cast<char>(number >> (8 * (left - 1)));
}

}  // namespace botapi::sql
