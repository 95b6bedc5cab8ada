#pragma once

#include "adapters/http/live/event_batch.hpp"

#include <botcore/domain/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace botapi::http {

/// Messages whose bytes all receivers share: those of `batch` from `first` on.
struct events {
    std::shared_ptr<const event_batch> batch{};  ///< Null if there are none.
    std::size_t first = 0;

    [[nodiscard]] bool empty() const noexcept { return batch == nullptr; }
};

/// The rendered end of a stream: the latest messages that are kept in memory.
///
/// Thread safety: any number of threads at once.
class event_ring {
public:
    /// The next step of a follower at a position.
    enum class advice : std::uint8_t {
        take,  ///< Take the kept messages after it.
        wait,  ///< Wait: there is no message after it yet.
        read,  ///< Read the store: it has the later messages, or knows that the position is lost.
        lost,  ///< The ring no longer matches the store.
    };

    struct found {
        event_ring::advice advice;
        events more{};                       ///< For `take`.
        botcore::stream_position reached{};  ///< The next position, for `take` and `wait`.
        bool is_ahead = false;               ///< Whether the position is past the ring's end.
    };

    /// `is_known` says whether the store has confirmed the position. Otherwise only the client has
    /// named it.
    [[nodiscard]] found find(const botcore::stream_position& after, bool is_known) const;

    /// Starts the ring: it keeps messages after `end`, the end of the stream in the store. Later
    /// calls do nothing.
    void start_at(const botcore::stream_position& end);

    /// The end of the ring. Nothing before `start_at`.
    [[nodiscard]] std::optional<botcore::stream_position> reached() const;

    /// Adds the messages up to `reached`. `more` is null if none of them is visible. Precondition:
    /// `start_at` was called.
    void append(const botcore::stream_position& reached, std::shared_ptr<const event_batch> more);

    /// Drops the oldest batch.
    void drop_oldest();

    /// Marks the ring as lost: the store no longer has its messages.
    void lose();

private:
    struct entry {
        std::shared_ptr<const event_batch> batch;
        botcore::stream_position reached;
    };

    mutable std::mutex mutex_;
    bool is_lost_ = false;
    std::optional<botcore::stream_position> reached_{};
    botcore::stream_position begin_{};  ///< All messages after this are kept.
    std::deque<entry> kept_{};
};

}  // namespace botapi::http
