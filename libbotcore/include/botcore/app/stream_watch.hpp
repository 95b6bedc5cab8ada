#pragma once

#include <botcore/domain/stream.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/stream_store.hpp>
#include <botcore/result.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

namespace botcore {

/// Follows one stream. It delivers the messages after a position, then every new message: in order,
/// without gaps, and each once.
///
/// The watch has no thread of its own: it works on the thread that calls `run`. To follow many
/// streams, read them from the store directly, many in one call.
class stream_watch {
public:
    /// Receives each part of the stream that has messages, one call at a time. Another watch can
    /// continue from `stream_part::reached`, for example after a restart.
    using receiver = std::function<void(const stream_part& part)>;

    /// Keeps a reference: the store must outlive the watch. The watch begins at `from.after`, or
    /// without it at the end of the stream at the time of `run`.
    ///
    /// `poll_interval` is the pause between two reads if no hint comes, and the pause before a
    /// failed read is repeated.
    stream_watch(
        stream_store& streams,
        stream_query from,
        std::chrono::milliseconds poll_interval = std::chrono::seconds{2}
    );

    ~stream_watch() = default;
    stream_watch(const stream_watch&) = delete;
    stream_watch& operator=(const stream_watch&) = delete;

    /// Calls `on_part` until `stop` is called or `until` has passed. An exception of `on_part` ends
    /// the run too. Call `run` once.
    ///
    /// Errors: `cursor_lost`, `internal`. The watch retries while the store is `unavailable`.
    result<> run(const receiver& on_part, deadline until);

    /// Ends `run` soon. A later `run` ends at once. Any thread may call it, the receiver included.
    void stop();

private:
    void note_growth(std::span<const stream_id> grown);
    bool is_over(deadline until);
    void wait(deadline until, bool for_hints);

    stream_store& streams_;
    stream_query next_;
    std::chrono::milliseconds poll_interval_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool has_grown_ = false;
    bool is_stopped_ = false;
};

}  // namespace botcore
