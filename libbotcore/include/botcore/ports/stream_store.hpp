#pragma once

#include <botcore/domain/stream.hpp>
#include <botcore/ports/freshness.hpp>
#include <botcore/result.hpp>

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace botcore {

/// That somebody listens. Destroying it ends that, and waits for calls that are under way.
class stream_subscription {
public:
    virtual ~stream_subscription() = default;
};

/// Lets streams be followed.
///
/// What is delivered is always read; that a stream has grown is only a hint. So whoever follows a
/// stream reads it, reads again on a hint, and looks now and then without one.
///
/// Thread safety: any number of threads may call at once.
class stream_store {
public:
    virtual ~stream_store() = default;

    /// Reads parts of streams, an answer for each query, in order. Blocks, until `until` at most.
    ///
    /// No message is ever skipped: whoever reads on from `stream_part::reached` gets every message
    /// of the stream that is stored or will be, once and in order, whatever number of processes
    /// write, and in whatever order they commit.
    ///
    /// Errors: `cursor_lost` if the message behind which the position stands is not stored any
    /// more, as after a failover that lost messages, however far the stream has grown since: see
    /// `confirm_position`; `unavailable`, `internal`.
    ///
    /// Cost: linear in the messages read, and in those that lie between them and may not be seen.
    /// To look at the position's message is one step by the index that has the stream in order.
    virtual std::vector<result<stream_part>> read(
        std::span<const stream_query> queries,
        const read_terms& terms
    ) = 0;

    /// Is told of streams that may have grown; of none, if that may be any. Called from whichever
    /// thread knows, also from several at once. It must return soon, and must not call the store.
    using listener = std::function<void(std::span<const stream_id> grown)>;

    /// Calls `told` from now on. Hints may come late, twice or never: between processes a lost
    /// connection loses them, and some storages give none. So whoever follows a stream reads it
    /// every few seconds anyway; that bounds how late a message can be.
    [[nodiscard]] virtual std::unique_ptr<stream_subscription> listen(listener told) = 0;
};

}  // namespace botcore
