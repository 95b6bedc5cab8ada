#pragma once

#include <botcore/domain/uuid.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::sql {

/// A value in PostgreSQL's binary format: a `uuid`, a `bigint` or a `uuid[]`.
std::string in_binary(const botcore::uuid& value);
std::string in_binary(std::int64_t value);
std::string in_binary(const std::vector<botcore::uuid>& values);

/// A one-dimensional array in PostgreSQL's binary format (PostgreSQL 15, `array_recv`). It has the
/// number of dimensions, whether there are nulls, the element type, the length and the lower bound.
/// Then each element has its length and its bytes. All numbers are in network byte order.
///
/// The format needs no quotation, and the server parses no text. That saves a sixth of the server's
/// work for a batch of messages.
class binary_array {
public:
    /// The object id of an element type (pg_type.dat), which never changes.
    enum class element : std::uint32_t { int8 = 20, int2 = 21, int4 = 23, text = 25, uuid = 2950 };

    /// Reserves memory for `count` elements of about `size` bytes.
    explicit binary_array(element type, std::size_t count = 0, std::size_t size = 8);

    binary_array& add(const botcore::uuid& item);

    /// A number, which must fit into the element type.
    binary_array& add(std::int64_t item);

    /// Any text without U+0000.
    binary_array& add(std::string_view item);
    binary_array& add_null();

    /// The array as a parameter. It is complete after every `add`. Lifetime: until the array
    /// changes.
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

    /// The only element, as a parameter of the element's type. A null has no data (`nullptr`).
    /// Lifetime: as that of `bytes`.
    [[nodiscard]] std::string_view only() const noexcept;

private:
    void begin_item(std::uint32_t size);
    void append(std::uint64_t number, unsigned bytes);

    element type_;
    std::uint32_t count_ = 0;
    std::string bytes_;
};

}  // namespace botapi::sql
