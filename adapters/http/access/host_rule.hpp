#pragma once

#include <boost/asio/ip/address.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// The host names under which clients may reach a server that needs no key.
///
/// A web page in a browser on this machine can call this server if the host name of the page leads
/// to this machine (DNS rebinding). The browser then sends that name as `Host`. So the rule accepts
/// only names that no stranger can point to this machine.
///
/// Thread safety: a rule is immutable.
class host_rule {
public:
    /// `listen` are addresses with ports, as in `[::1]:8000`. `allowed` are further names without
    /// ports, or `*` for all.
    host_rule(const std::vector<std::string>& listen, const std::vector<std::string>& allowed);

    /// Whether `host` is a loopback name or address, an address that the server listens on, or an
    /// allowed name. `host` may have a port.
    [[nodiscard]] bool accepts(std::string_view host) const;

private:
    [[nodiscard]] bool accepts(const boost::asio::ip::address& address) const;

    std::vector<boost::asio::ip::address> addresses_{};
    bool has_every_address_ =
        false;  ///< Whether the server listens on all addresses of its machine.
    std::vector<std::string> names_{};
    bool has_every_name_ = false;
};

}  // namespace botapi::http
