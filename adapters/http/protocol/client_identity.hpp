#pragma once

#include <boost/asio/ip/address.hpp>

#include <string>

namespace botapi::http {

/// The address, an IPv4 one as such also if it came mapped into IPv6.
boost::asio::ip::address plain(const boost::asio::ip::address& address);

/// What one client can be taken to have: an IPv4 address, or an IPv6 network of 64 bits, of which
/// the least customer has one.
boost::asio::ip::address network_of(const boost::asio::ip::address& address);

/// Who asks, as far as addresses tell.
struct client_identity {
    std::string address{};  ///< For logs.
    std::string network{};  ///< For limits: see `network_of`.
};

client_identity client_at(const boost::asio::ip::address& address);

}  // namespace botapi::http
