#include "adapters/webhooks/address_policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <span>
#include <string>

namespace botapi::webhooks {

namespace ip = boost::asio::ip;

namespace {

struct reserved {
    std::string_view range;
    std::string_view why;
};

/// The special-purpose addresses of IPv4 (IANA, RFC 6890 and its successors).
constexpr std::array reserved_v4{
    reserved{"0.0.0.0/8", "this network"},
    reserved{"10.0.0.0/8", "private"},
    reserved{"100.64.0.0/10", "shared by the customers of a provider"},
    reserved{"127.0.0.0/8", "loopback"},
    reserved{"169.254.0.0/16", "link-local, cloud metadata"},
    reserved{"172.16.0.0/12", "private"},
    reserved{"192.0.0.0/24", "protocols"},
    reserved{"192.0.2.0/24", "documentation"},
    reserved{"192.88.99.0/24", "6to4 relays"},
    reserved{"192.168.0.0/16", "private"},
    reserved{"198.18.0.0/15", "benchmarks"},
    reserved{"198.51.100.0/24", "documentation"},
    reserved{"203.0.113.0/24", "documentation"},
    reserved{"224.0.0.0/4", "multicast"},
    reserved{"240.0.0.0/4", "reserved, broadcast"},
};

/// The public addresses of IPv6 are those of 2000::/3 that are in none of these.
constexpr std::array reserved_v6{
    reserved{"2001::/23", "protocols, Teredo among them"},
    reserved{"2001:db8::/32", "documentation"},
    reserved{"3fff::/20", "documentation"},
};

constexpr std::string_view public_v6 = "2000::/3";

bool is_in(const ip::address& address, std::string_view range)
{
    return address_range::parse(range).value().contains(address);
}

bool is_in_any(const ip::address& address, std::span<const reserved> ranges)
{
    return std::ranges::any_of(ranges, [&](const reserved& known) {
        return is_in(address, known.range);
    });
}

/// The IPv4 address that is embedded in an IPv6 address, if there is one.
std::optional<ip::address> embedded_in(const ip::address_v6& outer)
{
    const auto bytes = outer.to_bytes();
    const auto at = [&](std::size_t first) {
        return ip::address{
            ip::address_v4{{bytes[first], bytes[first + 1], bytes[first + 2], bytes[first + 3]}}};
    };
    if (is_in(outer, "::ffff:0:0/96") || is_in(outer, "64:ff9b::/96"))
        return at(12);
    if (is_in(outer, "2002::/16"))
        return at(2);
    return std::nullopt;
}

}  // namespace

std::optional<address_range> address_range::parse(std::string_view text)
{
    const auto slash = text.find('/');
    boost::system::error_code failure;
    address_range range{.first = ip::make_address(std::string{text.substr(0, slash)}, failure)};
    if (failure)
        return std::nullopt;
    const auto bits_max = range.first.is_v4() ? 32U : 128U;
    range.bits = bits_max;
    if (slash == std::string_view::npos)
        return range;
    const auto count = text.substr(slash + 1);
    const auto* const end = count.data() + count.size();
    const auto [rest, error] = std::from_chars(count.data(), end, range.bits);
    if (error != std::errc{} || rest != end || range.bits > bits_max)
        return std::nullopt;
    return range;
}

bool address_range::contains(const ip::address& address) const
{
    if (address.is_v4() != first.is_v4())
        return false;
    const auto is_same = [this](const auto& left, const auto& right) {
        for (unsigned bit = 0; bit < bits; ++bit) {
            const auto mask = 0x80U >> (bit % 8);
            if ((left[bit / 8] & mask) != (right[bit / 8] & mask))
                return false;
        }
        return true;
    };
    return address.is_v4() ? is_same(address.to_v4().to_bytes(), first.to_v4().to_bytes())
                           : is_same(address.to_v6().to_bytes(), first.to_v6().to_bytes());
}

bool address_policy::allows(const ip::address& address) const
{
    const auto is_allowed = [&](const address_range& range) { return range.contains(address); };
    if (std::ranges::any_of(allowed_, is_allowed))
        return true;
    if (address.is_v4())
        return !is_in_any(address, reserved_v4);
    if (const auto inner = embedded_in(address.to_v6()))
        return allows(*inner);
    return is_in(address, public_v6) && !is_in_any(address, reserved_v6);
}

}  // namespace botapi::webhooks
