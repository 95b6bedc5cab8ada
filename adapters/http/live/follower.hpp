#pragma once

#include "adapters/http/live/hub.hpp"

#include <botcore/result.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace botapi::http {

/// The position where a follower begins.
struct start_position {
    std::optional<botcore::stream_position> after{};  ///< Nothing means the current end.
};

/// Reads `start`, `now`, or a cursor of the stream. Nothing if the text is none of these.
std::optional<start_position> parse_start(const botcore::stream_id& stream, std::string_view text);

/// A reader of a stream, with a position of its own. A slow follower falls behind. It then reads
/// from the store the messages that the hub no longer keeps in memory.
///
/// Thread safety: none. It belongs to one event loop, which has one thread.
class follower {
public:
    /// `ready` is called on the loop when messages arrive after `take` had none. It must return
    /// soon, and must not make or destroy followers. Keeps a reference to the hub.
    follower(
        hub& hub,
        const boost::asio::any_io_executor& loop,
        const stream_view& view,
        start_position start,
        std::function<void()> ready
    );
    ~follower();

    follower(const follower&) = delete;
    follower& operator=(const follower&) = delete;

    /// Takes the next messages. If there are none now, the result is empty, and `ready` is called
    /// once there are some. Reads the store if necessary, until `until` at most.
    ///
    /// Errors: `cursor_lost`, which is final; others, after which the caller may retry after a
    /// pause.
    boost::asio::awaitable<botcore::result<events>> take(botcore::deadline until);

    /// The position behind the last message that `take` returned. Nothing for a follower that
    /// begins at `now`, before the first answer of `take`.
    [[nodiscard]] const std::optional<botcore::stream_position>& position() const noexcept
    {
        return position_;
    }

    /// The position where the follower began. Nothing as long as `position` is nothing.
    [[nodiscard]] const std::optional<botcore::stream_position>& begin() const noexcept
    {
        return begin_;
    }

    [[nodiscard]] const botcore::stream_id& stream() const noexcept { return feed_->view.stream; }

    /// Calls `ready` if the follower waits. Only `loop_followers` calls this.
    void wake();

private:
    boost::asio::awaitable<botcore::result<events>> read(botcore::deadline until);
    void change_feed();

    hub& hub_;
    loop_followers& loop_followers_;
    std::shared_ptr<feed> feed_;  ///< Shared: see `feed`.
    std::optional<botcore::stream_position> begin_;
    std::optional<botcore::stream_position> position_;
    bool is_known_ = false;    ///< Whether the store has confirmed `position_`.
    bool is_waiting_ = false;  ///< Whether to call `ready_` when messages arrive.
    std::size_t limit_;        ///< Messages in the next read of the store.
    std::function<void()> ready_;
};

}  // namespace botapi::http
