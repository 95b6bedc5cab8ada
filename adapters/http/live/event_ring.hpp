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

/// Messages that share their bytes with all who are sent them: those of `batch` from `first` on.
struct events {
    std::shared_ptr<const event_batch> batch{};  ///< Nothing if there are none.
    std::size_t first = 0;

    [[nodiscard]] bool empty() const noexcept { return batch == nullptr; }
};

/// The end of a stream, rendered: what was written last, as far as it is kept.
///
/// Thread safety: any number of threads at once.
class event_ring {
public:
    /// What a follower does next who has got everything up to a position.
    enum class advice : std::uint8_t {
        take,  ///< What is kept after it.
        wait,  ///< Nothing came after it yet.
        read,  ///< The store knows what came after it, or whether its message is there at all.
        lost,  ///< What is known here of the stream is not what the store has.
    };

    struct found {
        event_ring::advice advice;
        events more{};                       ///< To be taken.
        botcore::stream_position reached{};  ///< After having taken it, or while waiting.
        bool is_ahead = false;               ///< Whether the position is past what is known here.
    };

    /// `is_known`: that the store has confirmed the position, which a client may only claim.
    [[nodiscard]] found find(const botcore::stream_position& after, bool is_known) const;

    /// Keeps what comes after `end`, which is the stream's end as the store knows it. Does nothing
    /// from the second time on.
    void start_at(const botcore::stream_position& end);

    /// How far the stream is known. Nothing before the start.
    [[nodiscard]] std::optional<botcore::stream_position> reached() const;

    /// The stream goes up to `reached` now, and what came is `more`; nothing, if what came may not
    /// be seen. Precondition: it has been started.
    void append(const botcore::stream_position& reached, std::shared_ptr<const event_batch> more);

    /// Keeps the oldest batch no longer.
    void drop_oldest();

    /// The store does not have any more what is known here.
    void lose();

private:
    struct entry {
        std::shared_ptr<const event_batch> batch;
        botcore::stream_position reached;
    };

    mutable std::mutex mutex_;
    bool is_lost_ = false;
    std::optional<botcore::stream_position> reached_{};
    botcore::stream_position begin_{};  ///< All after this is kept.
    std::deque<entry> kept_{};
};

}  // namespace botapi::http
