#pragma once

#include "adapters/http/options.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/fields.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// The networks of proxies that may say which client a request comes from.
class trusted_proxies {
public:
    /// Shape of each network: an address, or an address, a slash and the number of the network's
    /// bits, as in `10.0.0.0/8`. Texts of another shape are ignored.
    trusted_proxies(const std::vector<std::string>& networks, proxy_header header);

    [[nodiscard]] bool contain(const boost::asio::ip::address& address) const;

    /// The client behind a chain of proxies: the farthest address that a trusted proxy names.
    /// `peer` is the other end of the connection. A client can write anything into the header, but
    /// only to the left of the address that the first trusted proxy adds.
    [[nodiscard]] boost::asio::ip::address origin(
        const boost::asio::ip::address& peer,
        const boost::beast::http::fields& headers
    ) const;

private:
    struct network {
        boost::asio::ip::address_v6 address;  ///< An IPv4 address is mapped into IPv6.
        unsigned bits;
    };

    std::vector<network> networks_{};
    bool is_standard_;  ///< Whether `Forwarded` is read.
};

}  // namespace botapi::http
