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

/// A message as it arrives from a client: unchecked, and empty where a field is missing.
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

/// A valid message. It can be stored if one of its ends is a registered bot.
struct draft {
    std::optional<message_id> id{};  ///< Nothing: the server makes an id.
    conversation_id conversation;
    std::optional<timestamp> stamp{};  ///< Nothing: the server sets the time.
    botcore::ends ends;
    message_content content;

    /// Checks every rule for a single message and reports all faults together. `conversationId`,
    /// `from`, `to` and `text` are required. Precondition: `metadata` is a JSON object; the core
    /// parses no JSON.
    ///
    /// Errors: `invalid_argument` with a fault for each faulty field; `same_participant`.
    static result<draft> parse(const message_input& input, const message_limits& limits);

    friend bool operator==(const draft&, const draft&) = default;
};

/// A draft with its id and its time.
struct entry {
    botcore::draft draft;
    message_id id;    ///< `draft.id`, if set.
    timestamp stamp;  ///< `draft.stamp`, if set.

    // Whether the sender may see this end as a bot. Otherwise the end counts as a client.
    bool from_may_be_bot = true;
    bool to_may_be_bot = true;
};

/// Messages that are stored together or not at all, in this order.
struct submission {
    std::vector<entry> entries;

    /// Set if the request had an idempotency key. Such a submission is stored at most once, for
    /// ever.
    std::optional<botcore::receipt> receipt{};

    /// The API key whose quota counts the messages. Nothing if no quota limits them.
    std::optional<key_id> account{};
};

/// Whether storing `entry` would have resulted in `stored`, so that the entry is a retry. A time
/// that the client left out matches every time.
bool is_retry_of(const entry& entry, const message& stored) noexcept;

/// The receipt of a request under `key` to append `drafts`, with `seed`. Its digest depends on
/// every field of every draft, on which fields were left out, and on the order of the drafts.
/// Callers that see different bots or have different seats get different receipts for equal keys.
receipt receipt_for(
    const idempotency_key& key,
    std::span<const draft> drafts,
    const uuid& seed = {},
    const visible_bots& visible = {},
    const std::optional<seat>& seat = {}
);

/// The id of the message at `index` of a request with this receipt: a version 8 UUID.
message_id message_id_for(const receipt& receipt, std::size_t index, conversation_id conversation);

/// The id of the message at `index` of a request that was carried out under `first`: the id that
/// the client chose, or the one that follows from the seed of `first`. Precondition: `retry` is the
/// same request, so its receipt has the key and the digest of `first`.
message_id first_id_of(const submission& retry, std::size_t index, const receipt& first);

}  // namespace botcore
