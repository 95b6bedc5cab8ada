#pragma once

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::webhooks {

/// Addresses that have their first bits in common.
struct address_range {
    boost::asio::ip::address first;
    unsigned bits = 0;  ///< How many.

    /// Reads an address and a number of bits, as in `10.0.0.0/8`; an address alone is a range of
    /// one. Nothing if it is neither.
    static std::optional<address_range> parse(std::string_view text);

    [[nodiscard]] bool contains(const boost::asio::ip::address& one) const;
};

/// Which addresses may be connected to: public ones, and those that the operator allows. So nobody
/// who may name an address reaches what only this host can reach.
///
/// An IPv6 address that stands for an IPv4 address (mapped, NAT64, 6to4) is judged as that.
class address_policy {
public:
    explicit address_policy(std::vector<address_range> allowed) : allowed_{std::move(allowed)} {}

    [[nodiscard]] bool allows(const boost::asio::ip::address& one) const;

private:
    std::vector<address_range> allowed_;
};

}  // namespace botapi::webhooks
