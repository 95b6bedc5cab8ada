#pragma once

#include "adapters/http/connection/transport.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <cstddef>
#include <utility>

// How Beast's WebSocket streams end what they stand on. Beast finds these by their argument, so
// they have to be known wherever such a stream is made.

namespace botapi::http {

/// Ends the connection in order: TLS first, then TCP.
template <class Handler>
void async_teardown(boost::beast::role_type role, transport& stream, Handler&& done)
{
    const auto executor = boost::asio::get_associated_executor(done, stream.get_executor());
    auto end_tcp = [role, &stream, then = std::forward<Handler>(done)](
                       boost::system::error_code /*why*/,
                       std::size_t /*none*/
                   ) mutable {
        boost::beast::websocket::async_teardown(role, stream.socket(), std::move(then));
    };
    stream.async_finish(boost::asio::bind_executor(executor, std::move(end_tcp)));
}

/// Ends it on the spot.
inline void beast_close_socket(transport& stream)
{
    boost::system::error_code ignored;
    stream.socket().close(ignored);
}

}  // namespace botapi::http
