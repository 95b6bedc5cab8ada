#pragma once

#include <optional>
#include <string>

namespace botapi::app {

/// Why `text` is not an address to listen on. Nothing if it is one.
///
/// Shape: an IPv4 address, or an IPv6 address in brackets, a colon, and a port from 0 to 65535.
std::optional<std::string> fault_of_address(const std::string& text);

/// Why `text` is not an origin as browsers send it (RFC 6454 section 6.2). Nothing if it is one.
///
/// Shape: `scheme://host` or `scheme://host:port` in lower case, or `*`. The host may begin with
/// `*.`, which stands for all subdomains of `localhost`, or of a domain with at least two labels.
std::optional<std::string> fault_of_origin(const std::string& text);

/// Why `text` is not a network. Nothing if it is one.
///
/// Shape: an IPv4 or IPv6 address; a slash and the number of the network's bits may follow.
std::optional<std::string> fault_of_network(const std::string& text);

/// Why `text` is not a host name that clients may use. Nothing if it is one.
///
/// Shape: a name of letters, digits, hyphens, underscores and dots; an IPv4 address; an IPv6
/// address in brackets; or `*`. None has a port.
std::optional<std::string> fault_of_host_name(const std::string& text);

/// Whether only this machine can reach `text`, an address that `fault_of_address` accepts.
bool is_loopback(const std::string& text);

}  // namespace botapi::app
