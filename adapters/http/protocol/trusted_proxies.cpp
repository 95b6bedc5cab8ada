#include "adapters/http/protocol/trusted_proxies.hpp"

#include "adapters/http/protocol/client_identity.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace botapi::http {

namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v6;

constexpr unsigned mapped_bits = 96;  ///< The bits before an IPv4 address that is mapped into IPv6.

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::optional<address> read_address(std::string_view text)
{
    constexpr std::size_t address_size_max = 45;  // Of an IPv6 address with an IPv4 one in it.
    if (text.empty() || text.size() > address_size_max || text.find('%') != std::string_view::npos)
        return std::nullopt;
    boost::system::error_code failure;
    const auto parsed = boost::asio::ip::make_address(std::string{text}, failure);
    return failure ? std::nullopt : std::optional{plain(parsed)};
}

/// Reads `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
std::optional<address> read_node(std::string_view text)
{
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        const bool is_whole = end != std::string_view::npos &&
                              (end + 1 == text.size() || text[end + 1] == ':');
        return is_whole ? read_address(text.substr(1, end - 1)) : std::nullopt;
    }
    const auto colon = text.find(':');
    const bool is_one_colon = colon != std::string_view::npos && colon == text.rfind(':');
    return read_address(is_one_colon ? text.substr(0, colon) : text);
}

/// The `for` of one element of `Forwarded`, as in `for="[2001:db8::1]:80";proto=https`.
std::string_view for_of(std::string_view element)
{
    while (!element.empty()) {
        const auto end = std::min(element.find(';'), element.size());
        const auto pair = trimmed(element.substr(0, end));
        element.remove_prefix(std::min(end + 1, element.size()));
        if (pair.size() < 4 || !boost::beast::iequals({pair.data(), 4}, "for="))
            continue;
        auto value = pair.substr(4);
        if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
            value = value.substr(1, value.size() - 2);
        return value;
    }
    return {};
}

/// The values of all fields of a name as one list (RFC 9110 section 5.3).
std::string joined(const boost::beast::http::fields& headers, std::string_view name)
{
    std::string all;
    const auto [begin, end] = headers.equal_range({name.data(), name.size()});
    for (auto at = begin; at != end; ++at)
        all.append(all.empty() ? "" : ",").append(at->value().data(), at->value().size());
    return all;
}

address_v6 as_v6(const address& address)
{
    return address.is_v6()
               ? address.to_v6()
               : boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, address.to_v4());
}

bool share_bits(const address_v6& left, const address_v6& right, unsigned count)
{
    const auto left_bytes = left.to_bytes();
    const auto right_bytes = right.to_bytes();
    const auto whole = count / 8;
    if (!std::equal(left_bytes.begin(), left_bytes.begin() + whole, right_bytes.begin()))
        return false;
    const auto rest = count % 8;
    const auto mask = static_cast<unsigned>(0xff00U >> rest) & 0xffU;
    return rest == 0 || ((left_bytes.at(whole) ^ right_bytes.at(whole)) & mask) == 0;
}

struct parsed_network {
    address at;
    unsigned bits;
};

std::optional<parsed_network> parse_network(std::string_view text)
{
    const auto slash = text.find('/');
    const auto at = read_address(text.substr(0, slash));
    if (!at)
        return std::nullopt;
    const unsigned bits_max = at->is_v4() ? 32 : 128;
    if (slash == std::string_view::npos)
        return parsed_network{*at, bits_max};
    const auto number = text.substr(slash + 1);
    unsigned bits = 0;
    const auto* const end = number.data() + number.size();
    const auto [stopped, failure] = std::from_chars(number.data(), end, bits);
    if (failure != std::errc{} || stopped != end || bits > bits_max)
        return std::nullopt;
    return parsed_network{*at, bits};
}

}  // namespace

trusted_proxies::trusted_proxies(const std::vector<std::string>& networks, proxy_header header)
    : is_standard_{header == proxy_header::forwarded}
{
    for (const auto& text : networks) {
        if (const auto parsed = parse_network(text)) {
            const unsigned extra_bits = parsed->at.is_v4() ? mapped_bits : 0;
            networks_.push_back({as_v6(parsed->at), parsed->bits + extra_bits});
        }
    }
}

bool trusted_proxies::contain(const address& address) const
{
    const auto at = as_v6(address);
    return std::ranges::any_of(networks_, [&](const network& trusted) {
        return share_bits(at, trusted.address, trusted.bits);
    });
}

address trusted_proxies::origin(const address& peer, const boost::beast::http::fields& headers)
    const
{
    const std::string chain = joined(headers, is_standard_ ? "Forwarded" : "X-Forwarded-For");
    address nearest = peer;
    std::string_view remaining{chain};
    while (!remaining.empty() && contain(nearest)) {
        const auto comma = remaining.rfind(',');
        const auto begin = comma == std::string_view::npos ? 0 : comma + 1;
        const auto element = trimmed(remaining.substr(begin));
        remaining = remaining.substr(0, begin == 0 ? 0 : comma);
        const auto node = read_node(is_standard_ ? for_of(element) : element);
        if (!node)
            break;
        nearest = *node;
    }
    return nearest;
}

}  // namespace botapi::http
