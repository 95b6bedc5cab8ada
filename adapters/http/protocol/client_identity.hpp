#pragma once

#include <boost/asio/ip/address.hpp>

#include <string>

namespace botapi::http {

/// The address. An IPv4 address that is mapped into IPv6 becomes plain IPv4.
boost::asio::ip::address plain(const boost::asio::ip::address& address);

/// The addresses that count as one client: one IPv4 address, or an IPv6 network of 64 bits, which
/// is the least that a customer of a provider gets.
boost::asio::ip::address network_of(const boost::asio::ip::address& address);

/// A client, as far as its address says.
struct client_identity {
    std::string address{};  ///< For logs.
    std::string network{};  ///< For limits: see `network_of`.
};

client_identity client_at(const boost::asio::ip::address& address);

}  // namespace botapi::http
