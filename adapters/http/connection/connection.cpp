#include "adapters/http/connection/connection.hpp"

#include "adapters/http/connection/tcp_progress.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <netinet/tcp.h>
#include <utility>

namespace botapi::http {

using namespace std::chrono_literals;

namespace {

constexpr auto as_outcome = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace

client_stream::outcome<> connection::wait_readable()
{
    return transport_.async_wait_readable(as_outcome);
}

client_stream::outcome<std::size_t> connection::read(std::size_t size_max)
{
    return transport_.async_read_some(buffer_.prepare(size_max), as_outcome);
}

boost::asio::awaitable<boost::system::error_code> connection::write(
    const std::vector<boost::asio::const_buffer>& content,
    pace required_pace
)
{
    begin_transfer(required_pace.patience, required_pace.rate_min);
    expect_transfer();
    auto writing = boost::asio::async_write(transport_, content, as_outcome);
    const auto [why, sent] = co_await std::move(writing);
    transferred(sent);
    co_return why;
}

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
    if (is_transfer_)
        look(now);
    if (now < until_)
        return;
    is_late_ = true;
    expect_nothing();
    cancel();
}

// A write to a slow client may wait although the client takes bytes all the time: the system
// accepts more only when its buffer is nearly empty. So acknowledged bytes earn credit too.
void connection::look(clock::time_point now)
{
    constexpr auto interval = 250ms;
    if (acknowledged_ && now < until_ && now < transfer_since_ + interval)
        return;
    const auto acknowledged = acknowledged_bytes(transport_.socket().native_handle());
    if (const auto before = std::exchange(acknowledged_, acknowledged)) {
        credit_ -= now - transfer_since_;
        earn(acknowledged - *before);
        transfer_since_ = now;
        until_ = now + credit_;
    }
}

void connection::limit_unsent(int bytes)
{
    using unsent_max = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
    boost::system::error_code ignored;
    transport_.socket().set_option(unsent_max{bytes}, ignored);
}

bool connection::is_left()
{
    constexpr std::size_t parting_size_max = 64;  // Bytes of TLS's close notification.
    auto& socket = transport_.socket();
    boost::system::error_code ignored;
    return has_closed(socket.native_handle()) && socket.available(ignored) <= parting_size_max;
}

void connection::abort()
{
    boost::system::error_code ignored;
    transport_.socket().set_option(boost::asio::socket_base::linger{true, 0}, ignored);
    // Closes here, because the destructor of the socket would first undo the option.
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
