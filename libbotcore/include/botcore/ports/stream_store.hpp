#pragma once

#include <botcore/domain/stream.hpp>
#include <botcore/ports/freshness.hpp>
#include <botcore/result.hpp>

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace botcore {

/// The subscription of a listener. Its destructor ends it and waits for running calls of the
/// listener.
class stream_subscription {
public:
    virtual ~stream_subscription() = default;
};

/// Lets callers follow streams.
///
/// A notice of growth is only a hint and contains no messages. So a follower reads the stream,
/// reads again after a hint, and also reads from time to time without a hint.
///
/// Thread safety: any number of threads may call at once.
class stream_store {
public:
    virtual ~stream_store() = default;

    /// Reads parts of streams, with an answer for each query, in order. Blocks until `until` at
    /// most.
    ///
    /// No message is ever skipped: a reader that continues from `stream_part::reached` gets every
    /// message of the stream, once and in order, however many processes write and in whatever order
    /// they commit.
    ///
    /// Errors: `cursor_lost` if the message behind which the position stands is not stored any
    /// more; `unavailable`, `internal`. A message can be lost in a failover. Then the error occurs
    /// however far the stream has grown since (see `confirm_position`).
    ///
    /// Cost: linear in the messages read and in the hidden messages between them. The check of the
    /// position's message is one lookup in the index that orders the stream.
    virtual std::vector<result<stream_part>> read(
        std::span<const stream_query> queries,
        const read_terms& terms
    ) = 0;

    /// Receives the streams that may have grown. An empty span means that any stream may have
    /// grown. Any thread may call it, also several at once. It must return soon and must not call
    /// the store.
    using listener = std::function<void(std::span<const stream_id> grown)>;

    /// Calls `on_change` from now on. Hints may come late, twice or never: a lost connection
    /// between processes loses them, and some storages send none. So a follower reads its stream
    /// every few seconds anyway, which limits how late a message can be.
    [[nodiscard]] virtual std::unique_ptr<stream_subscription> listen(listener on_change) = 0;
};

}  // namespace botcore
