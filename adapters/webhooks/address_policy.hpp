#pragma once

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::webhooks {

/// Addresses with the same first bits.
struct address_range {
    boost::asio::ip::address first;
    unsigned bits = 0;  ///< Number of these bits.

    /// Reads an address and a number of bits, as in `10.0.0.0/8`; an address alone is a range of
    /// one. Nothing if `text` is neither.
    static std::optional<address_range> parse(std::string_view text);

    [[nodiscard]] bool contains(const boost::asio::ip::address& address) const;
};

/// Decides which addresses the server may connect to: public ones, and those that the operator
/// allows. So a client that chooses a URL can't reach hosts that only this server can reach.
///
/// An IPv6 address that embeds an IPv4 address (mapped, NAT64, 6to4) is treated as the latter.
class address_policy {
public:
    explicit address_policy(std::vector<address_range> allowed) : allowed_{std::move(allowed)} {}

    [[nodiscard]] bool allows(const boost::asio::ip::address& address) const;

private:
    std::vector<address_range> allowed_;
};

}  // namespace botapi::webhooks
