#pragma once

#include <botcore/domain/access.hpp>
#include <botcore/domain/direction.hpp>
#include <botcore/domain/id.hpp>
#include <botcore/domain/idempotency.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/timestamp.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace botcore {

/// A message as a stranger gives it: nothing is checked, and what is missing is empty.
struct message_input {
    std::optional<std::string_view> id{};
    std::optional<std::string_view> conversation_id{};
    std::optional<std::string_view> timestamp{};
    std::optional<std::string_view> from{};
    std::optional<std::string_view> to{};
    std::optional<std::string_view> text{};
    std::optional<std::string_view> metadata{};  ///< The text of a JSON object.
};

/// How large the parts of a message may be.
struct message_limits {
    std::size_t text_size_max = 65'536;      ///< Bytes of UTF-8.
    std::size_t metadata_size_max = 16'384;  ///< Bytes of JSON text.
};

/// A message that may be stored, if one of its ends is a registered bot.
struct draft {
    std::optional<message_id> id{};  ///< Left out: the server makes one.
    conversation_id conversation;
    std::optional<timestamp> stamp{};  ///< Left out: the server's clock.
    botcore::ends ends;
    message_content content;

    /// Checks every rule for a single message, and reports all faults at once. Required are
    /// `conversationId`, `from`, `to` and `text`. That `metadata` is a JSON object is the caller's
    /// promise: the core reads no JSON.
    ///
    /// Errors: `invalid_argument` with a fault for each faulty field; `same_participant`.
    static result<draft> parse(const message_input& input, const message_limits& limits);

    friend bool operator==(const draft&, const draft&) = default;
};

/// A draft that has got its id and its time.
struct entry {
    botcore::draft draft;
    message_id id;    ///< `draft.id`, where there is one.
    timestamp stamp;  ///< `draft.stamp`, where there is one.

    // Whether the sender may know of these ends as bots. If not, each is a client to it.
    bool from_may_be_bot = true;
    bool to_may_be_bot = true;
};

/// Messages that are stored together or not at all, in this order.
struct submission {
    std::vector<entry> entries;

    /// Set if the request had an idempotency key. Such a submission happens once, for ever.
    std::optional<botcore::receipt> receipt{};

    /// The key whose quota is used up by what is stored. Nothing: nobody's.
    std::optional<key_id> account{};
};

/// Whether `stored` is what storing `asked` would have given, so that asking was a retry. A time
/// that the client left to the server matches any.
bool is_retry_of(const entry& asked, const message& stored) noexcept;

/// What a request under `key` to append `drafts` leaves behind. Depends on every field of every
/// draft, on which of them were left out, and on the drafts' order.
/// Keys of those who may know of different bots, or have different seats, are different keys.
receipt receipt_for(
    const idempotency_key& key,
    std::span<const draft> drafts,
    const visible_bots& visible = {},
    const std::optional<seat>& place = {}
);

/// The id of the message number `index` of a request with this receipt: a version 8 UUID.
message_id message_id_for(const receipt& receipt, std::size_t index, conversation_id conversation);

}  // namespace botcore
