#pragma once

#include "adapters/http/options.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/fields.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// Networks whose word on who a client is counts.
class trusted_proxies {
public:
    /// Shape of each network: an address, or an address, a slash and the number of the network's
    /// bits, as in `10.0.0.0/8`. What has another shape is left out.
    trusted_proxies(const std::vector<std::string>& networks, proxy_header header);

    [[nodiscard]] bool contain(const boost::asio::ip::address& address) const;

    /// Whom the last of a chain of proxies asks for, of which `peer` is the one that is connected:
    /// the one farthest from us that a trusted proxy names. A client can write into the header
    /// what it likes, but only left of what the first trusted proxy adds.
    [[nodiscard]] boost::asio::ip::address origin(
        const boost::asio::ip::address& peer,
        const boost::beast::http::fields& headers
    ) const;

private:
    struct network {
        boost::asio::ip::address_v6 address;  ///< IPv4 as mapped into IPv6.
        unsigned bits;
    };

    std::vector<network> networks_{};
    bool is_standard_;  ///< Whether `Forwarded` is read.
};

}  // namespace botapi::http
