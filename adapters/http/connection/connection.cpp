#include "adapters/http/connection/connection.hpp"

#include "adapters/http/connection/tcp_progress.hpp"

#include <algorithm>
#include <netinet/tcp.h>
#include <utility>

namespace botapi::http {

void connection::expect_within(std::chrono::nanoseconds time)
{
    until_ = clock::now() + time;
    is_late_ = false;
    is_transfer_ = false;
}

void connection::begin_transfer(std::chrono::nanoseconds patience, std::uint64_t rate_min)
{
    patience_ = patience;
    credit_ = patience;
    rate_min_ = rate_min;
}

void connection::expect_transfer()
{
    transfer_since_ = clock::now();
    until_ = transfer_since_ + credit_;
    is_late_ = false;
    is_transfer_ = true;
    acknowledged_.reset();
}

void connection::transferred(std::size_t bytes)
{
    credit_ -= clock::now() - transfer_since_;
    earn(bytes);
    expect_nothing();
}

void connection::earn(std::uint64_t bytes)
{
    using seconds = std::chrono::duration<double>;
    if (bytes == 0)
        return;
    const auto earned = rate_min_ == 0
                            ? patience_
                            : seconds{static_cast<double>(bytes) / static_cast<double>(rate_min_)};
    credit_ = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::clamp<seconds>(credit_ + earned, seconds{0}, patience_)
    );
}

void connection::check(clock::time_point now)
{
    if (until_ == clock::time_point::max())
        return;
    // A slow client empties the system's buffer long before there is room in it for more, so that
    // a write waits while the client takes what it should.
    if (is_transfer_ && !acknowledged_)
        acknowledged_ = acknowledged_bytes(transport_.socket().native_handle());
    if (now < until_)
        return;
    if (is_transfer_) {
        const auto before =
            std::exchange(acknowledged_, acknowledged_bytes(transport_.socket().native_handle()));
        credit_ = {};
        earn(*acknowledged_ - *before);
        transfer_since_ = now;
        until_ = now + credit_;
        if (now < until_)
            return;
    }
    is_late_ = true;
    expect_nothing();
    cancel();
}

bool connection::is_left()
{
    constexpr std::size_t parting_size_max = 64;  // Bytes that TLS says at its end.
    auto& socket = transport_.socket();
    boost::system::error_code ignored;
    return has_closed(socket.native_handle()) && socket.available(ignored) <= parting_size_max;
}

void connection::abort()
{
    boost::system::error_code ignored;
    transport_.socket().set_option(boost::asio::socket_base::linger{true, 0}, ignored);
    // Not left to the destructor, which would let the system linger nevertheless.
    transport_.socket().close(ignored);
}

void connection::acknowledge()
{
    using quick_acknowledgement =
        boost::asio::detail::socket_option::boolean<IPPROTO_TCP, TCP_QUICKACK>;
    boost::system::error_code ignored;
    transport_.socket().set_option(quick_acknowledgement{true}, ignored);
}

void connection::cancel()
{
    boost::system::error_code ignored;
    transport_.socket().cancel(ignored);
}

}  // namespace botapi::http
