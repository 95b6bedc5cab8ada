#pragma once

#include <botcore/domain/uuid.hpp>

#include <compare>
#include <functional>
#include <string>

namespace botcore {

/// A UUID whose type says what it identifies. So a `bot_id` never becomes a `client_id` by
/// accident.
template <class Tag>
struct id {
    uuid value{};

    [[nodiscard]] std::string text() const { return value.text(); }
    void append_to(std::string& out) const { value.append_to(out); }

    friend constexpr auto operator<=>(const id&, const id&) = default;
};

using bot_id = id<struct bot_tag>;
using client_id = id<struct client_tag>;  ///< An anonymous user: nothing but its id is known.
using participant_id = id<struct participant_tag>;  ///< One end of a message: a bot or a client.
using conversation_id = id<struct conversation_tag>;
using message_id = id<struct message_tag>;

/// The shard that keeps a conversation: FNV-1a over the id's bytes, 32 bit, folded to 16 by
/// exclusive or (Fowler, Noll, Vo: draft-eastlake-fnv, section 3).
shard_number shard_of(const conversation_id& conversation) noexcept;

}  // namespace botcore

template <class Tag>
struct std::hash<botcore::id<Tag>> {
    std::size_t operator()(const botcore::id<Tag>& id) const noexcept
    {
        return std::hash<botcore::uuid>{}(id.value);
    }
};
