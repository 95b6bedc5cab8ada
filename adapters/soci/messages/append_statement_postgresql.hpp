#pragma once

#include <compare>
#include <string>

namespace botapi::sql {

/// What a plan needs of `append_statement`. A part that is left out is not planned, begun and ended
/// for nothing, which is a good part of what a small batch costs.
struct append_parts {
    bool is_one_row = false;    ///< Then its values are the parameters, and not arrays of them.
    bool has_pairings = false;  ///< Some of the plan's may not be stored yet.
    bool has_receipts = false;  ///< The plan has some.
    bool has_webhooks = false;  ///< Some bot may have one.

    friend auto operator<=>(const append_parts&, const append_parts&) = default;
};

/// PostgreSQL's statement that writes a plan: all of it, or nothing. It returns `id`, `seq` and
/// `arrival` of the messages.
///
/// Its parameters, in order:
/// - the registry's version for which the plan was made; or null, if it was made under the lock of
///   bots. If the registry has another one, nothing is written.
/// - of conversations: id, shard, and how many messages are added;
/// - with `has_pairings`, of pairings that may not be stored yet: conversation, bot, client;
/// - with `has_receipts`, of receipts: key, digest;
/// - of messages: how many of the batch follow it in its conversation, id, shard, conversation,
///   instant, form, bot, client, direction, text, metadata.
const std::string& append_statement(const append_parts& parts);

}  // namespace botapi::sql
