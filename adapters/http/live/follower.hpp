#pragma once

#include "adapters/http/live/hub.hpp"

#include <botcore/result.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace botapi::http {

/// Where to begin to follow a stream.
struct start_position {
    std::optional<botcore::stream_position> after{};  ///< Nothing: the end as it is now.
};

/// Reads `start`, `now`, or a cursor of the stream. Nothing if it is none of them.
std::optional<start_position> parse_start(const botcore::stream_id& stream, std::string_view text);

/// One who follows a stream: a position in it, and nothing more. Whoever is slow is behind, and
/// reads what the others have had from the store.
///
/// Thread safety: none. It lives on one event loop, which has one thread.
class follower {
public:
    /// `ready` is called on the loop, and soon, when there is something to take after there was
    /// not. It must not make or destroy followers. Keeps a reference to the hub.
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

    /// What comes next; nothing, if nothing is there now: then `ready` will be called. Reads the
    /// store where that is needed, until `until` at most.
    ///
    /// Errors: `cursor_lost`, after which nothing comes any more; others, after which asking again
    /// makes sense, but not at once.
    boost::asio::awaitable<botcore::result<events>> take(botcore::deadline until);

    /// How far it has got: all up to there was given. Nothing as long as that is `now`, and `take`
    /// has not answered yet.
    [[nodiscard]] const std::optional<botcore::stream_position>& position() const noexcept
    {
        return position_;
    }

    /// Where it began. Nothing as long as `position` is.
    [[nodiscard]] const std::optional<botcore::stream_position>& begin() const noexcept
    {
        return begin_;
    }

    [[nodiscard]] const botcore::stream_id& stream() const noexcept { return feed_->view.stream; }

    /// Calls `ready`, if that is awaited. Only `loop_followers` calls this.
    void wake();

private:
    boost::asio::awaitable<botcore::result<events>> read(botcore::deadline until);
    void change_feed();

    hub& hub_;
    loop_followers& loop_followers_;
    std::shared_ptr<feed> feed_;  ///< Shared: see `feed`.
    std::optional<botcore::stream_position> begin_;
    std::optional<botcore::stream_position> position_;
    bool is_known_ = false;
    bool is_waiting_ = false;
    std::size_t limit_;
    std::function<void()> ready_;
};

}  // namespace botapi::http
