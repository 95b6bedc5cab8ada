#pragma once

#include <optional>
#include <string>

namespace botapi::app {

/// Why `text` is no address to listen on, or nothing.
///
/// Shape: an IPv4 address, or an IPv6 address in brackets, a colon, and a port from 0 to 65535.
std::optional<std::string> fault_of_address(const std::string& text);

/// Why `text` is no origin that a browser would name (RFC 6454 section 6.2), or nothing.
///
/// Shape: `scheme://host` or `scheme://host:port` in lower case, or `*`.
std::optional<std::string> fault_of_origin(const std::string& text);

/// Why `text` is no network, or nothing.
///
/// Shape: an IPv4 or IPv6 address; a slash and how many of its bits are the network's may follow.
std::optional<std::string> fault_of_network(const std::string& text);

/// Whether only this machine can reach an address and a port that `fault_of_address` finds no fault
/// with.
bool is_loopback(const std::string& text);

}  // namespace botapi::app
