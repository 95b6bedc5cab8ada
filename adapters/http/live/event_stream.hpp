#pragma once

#include "adapters/http/live/follower.hpp"
#include "adapters/http/protocol/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace botapi::http {

/// A stream as Server-Sent Events (HTML standard, section 9.2), until the client leaves.
class event_stream final : public chunk_source {
public:
    /// Follows a view of a stream for `request`. The caller has checked that the client may see
    /// this view. `patience` is the most time for one read of the storage. Keeps references to the
    /// hub, and to the request's client.
    event_stream(
        hub& hub,
        const boost::asio::any_io_executor& loop,
        const request& request,
        const stream_view& view,
        start_position start,
        std::chrono::nanoseconds patience
    );

    /// Reads the first events.
    ///
    /// Errors: those of `follower::take`, except `cursor_lost`, which becomes an event of the
    /// stream. After an error there is no stream.
    boost::asio::awaitable<botcore::result<>> begin();

    boost::asio::awaitable<std::optional<body_part>> next() override;

private:
    using clock = std::chrono::steady_clock;

    boost::asio::awaitable<botcore::result<events>> take();
    [[nodiscard]] std::string farewell(const botcore::error& why) const;

    presence& client_;
    std::string prefix_;
    std::string path_;
    std::chrono::nanoseconds patience_;
    std::chrono::nanoseconds heartbeat_;
    std::optional<botcore::result<events>> first_{};  ///< What `begin` read, until `next` takes it.
    bool is_at_end_ = false;
    clock::time_point heartbeat_due_;
    follower follower_;
};

}  // namespace botapi::http
