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

/// Follows one stream: hands over what is there after a position, and then what comes, in order,
/// without gaps, and each message once.
///
/// It has no thread: it works on that of who calls `run`. Who follows many streams reads them from
/// the store itself, many at once.
class stream_watch {
public:
    /// Gets each piece of the stream that has messages, one call at a time. From
    /// `stream_part::reached` another watch can go on, as after a restart.
    using receiver = std::function<void(const stream_part& part)>;

    /// Keeps a reference: the store must outlive the watch. Begins at `from.after`; without one, at
    /// the end as it is when `run` is called.
    ///
    /// `look_every`: how soon is found what no hint told of, and how soon is tried again what
    /// failed.
    stream_watch(
        stream_store& streams,
        stream_query from,
        std::chrono::milliseconds look_every = std::chrono::seconds{2}
    );

    ~stream_watch() = default;
    stream_watch(const stream_watch&) = delete;
    stream_watch& operator=(const stream_watch&) = delete;

    /// Calls `received` until `stop` or until `until` has passed; to be called once. What
    /// `received` throws ends it, too.
    ///
    /// Errors: `cursor_lost`, `internal`. A store that is `unavailable` is asked again.
    result<> run(const receiver& received, deadline until);

    /// Ends `run` soon, or before it begins. May be called from any thread, also by the receiver.
    void stop();

private:
    void hear(std::span<const stream_id> grown);
    bool is_over(deadline until);
    void wait(deadline until, bool for_hints);

    stream_store& streams_;
    stream_query next_;
    std::chrono::milliseconds look_every_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool has_grown_ = false;
    bool is_stopped_ = false;
};

}  // namespace botcore
