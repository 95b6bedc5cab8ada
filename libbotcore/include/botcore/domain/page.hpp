#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/domain/timestamp.hpp>
#include <botcore/domain/uuid.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botcore {

/// The largest number of items of one page.
inline constexpr std::size_t page_size_max = 1000;

/// A point between two items of an ordered list, and the direction in which to read from it.
template <class Key>
struct cursor {
    Key key;  ///< The sort key of the item at the point. The page excludes that item.
    bool backwards = false;  ///< Whether the page ends at the point instead of beginning there.

    friend bool operator==(const cursor&, const cursor&) = default;
};

/// The sort key of a message in a list of messages.
struct message_key {
    instant at;
    std::uint64_t order;  ///< Among equal instants: `seq` within a conversation, else `arrival`.

    friend auto operator<=>(const message_key&, const message_key&) = default;
};

/// One page of a list, and the cursors of the neighbouring pages that exist.
template <class Item, class Key>
struct page {
    std::vector<Item> items{};
    std::optional<cursor<Key>> next{};
    std::optional<cursor<Key>> previous{};
};

/// Makes a page from the items that a storage found: up to `limit + 1` items in *reading* order,
/// which is reversed for a backwards cursor. `key_of` gives an item's key.
template <class Key, class Item, class KeyOf>
page<Item, Key> make_page(
    std::vector<Item> found,
    std::size_t limit,
    const std::optional<cursor<Key>>& from,
    KeyOf key_of
)
{
    const bool backwards = from && from->backwards;
    const bool more = found.size() > limit;
    if (more)
        found.erase(found.begin() + static_cast<std::ptrdiff_t>(limit), found.end());
    if (backwards)
        std::ranges::reverse(found);

    page<Item, Key> made{.items = std::move(found)};
    if (made.items.empty())
        return made;
    if (backwards || more)
        made.next = cursor<Key>{key_of(made.items.back()), false};
    if (backwards ? more : from.has_value())
        made.previous = cursor<Key>{key_of(made.items.front()), true};
    return made;
}

/// Writes a cursor as opaque text of URL-safe characters (base64url, RFC 4648 section 5). ADR 20
/// defines the format. `scope` identifies the list of the cursor: it is a hash of the filters and
/// the order.
std::string to_text(const cursor<uuid>& cursor, std::uint32_t scope);
std::string to_text(const cursor<message_key>& cursor, std::uint32_t scope);

/// The inverse of `to_text`. Also reads the cursors of older versions. Nothing if `text` is not
/// such a cursor or belongs to another list.
std::optional<cursor<uuid>> parse_id_cursor(std::string_view text, std::uint32_t scope) noexcept;
std::optional<cursor<message_key>> parse_message_cursor(
    std::string_view text,
    std::uint32_t scope
) noexcept;

}  // namespace botcore
