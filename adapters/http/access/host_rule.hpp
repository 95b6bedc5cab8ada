#pragma once

#include <boost/asio/ip/address.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// Under which names clients may reach a server that lets everybody in.
///
/// A page in a browser on this machine may call a server on this machine as soon as a name of the
/// page's own leads here (DNS rebinding). The browser then sends that name as `Host`. So only names
/// are accepted that no stranger can point here.
///
/// Thread safety: it never changes.
class host_rule {
public:
    /// `listen` are addresses with ports, as in `[::1]:8000`. `allowed` are further names without
    /// ports, or `*` for all.
    host_rule(const std::vector<std::string>& listen, const std::vector<std::string>& allowed);

    /// Whether it is a loopback name or address, one that the server listens on, or an allowed one.
    /// `host` may have a port.
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
