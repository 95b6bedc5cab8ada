// Input: the URL of a webhook. Its bytes are also tried as an address that a name may resolve to.
#include "adapters/webhooks/address_policy.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/web_address.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <string>

namespace botapi::fuzz {

namespace {

namespace ip = boost::asio::ip;

/// Another reader of the same text must find the same host.
void try_other_reader(const botcore::web_address& read)
{
    boost::system::error_code error;
    if (read.host().find(':') != std::string::npos) {
        ip::make_address(read.host(), error);
        if (error)
            return;  // It is no address, so nobody can connect to it.
    }
    const auto url = boost::urls::parse_uri({read.text().data(), read.text().size()});
    require(url.has_value(), "an accepted text is a URI");
    require(
        (url->scheme_id() == boost::urls::scheme::https) == read.is_secure(),
        "both readers see the same scheme"
    );
    require(!url->has_userinfo() && !url->has_fragment(), "it has no user and no fragment");
    std::string host{url->encoded_host().data(), url->encoded_host().size()};
    if (host.starts_with('['))
        host = host.substr(1, host.size() - 2);
    std::ranges::transform(host, host.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    // Boost 1.81 takes `127.0.0.1.example` for `127.0.0.1`.
    require(
        host == read.host() || url->host_type() == boost::urls::host_type::ipv4,
        "both readers see the same host"
    );
    require(
        !url->has_port() || url->port().empty() || url->port_number() == read.port(),
        "both readers see the same port"
    );

    // Some programs take 0x7f.1 or 2130706433 for an address; the server refuses such hosts.
    in_addr lax{};
    in_addr strict{};
    if (inet_aton(read.host().c_str(), &lax) != 0)
        require(inet_pton(AF_INET, read.host().c_str(), &strict) == 1, "numbers are decimal");
}

void try_url(std::string_view input)
{
    const auto read = botcore::web_address::parse(input);
    if (!read) {
        require(!read.error().detail.empty(), "a refusal says why");
        return;
    }
    require(read->text() == input, "the text stays unchanged");
    require(!read->host().empty(), "a URL has a host");
    const auto is_visible = [](char c) { return c > ' ' && c < 0x7f; };
    require(std::ranges::all_of(read->authority(), is_visible), "a header is one line");
    require(std::ranges::all_of(read->target(), is_visible), "a target is one line");
    require(read->target().starts_with('/'), "a target is a path");

    const auto again = botcore::web_address::parse(
        (read->is_secure() ? "https://" : "http://") + read->authority() + read->target()
    );
    require(again.has_value(), "the parts form a URL");
    require(
        again->host() == read->host() && again->port() == read->port() &&
            again->target() == read->target(),
        "the parts form the same URL"
    );
    try_other_reader(*read);
}

/// An embedded IPv4 address is judged like the address itself.
void try_policy(std::string_view input)
{
    static const webhooks::address_policy policy{{}};
    ip::address_v6::bytes_type bytes{};
    std::memcpy(bytes.data(), input.data(), std::min(input.size(), bytes.size()));
    const ip::address_v4 inner{{bytes[0], bytes[1], bytes[2], bytes[3]}};
    const bool is_allowed = policy.allows(inner);
    require(
        !is_allowed || !(inner.is_loopback() || inner.is_multicast() || inner.is_unspecified()),
        "only what is public is allowed"
    );
    require(
        policy.allows(ip::make_address_v6(ip::v4_mapped, inner)) == is_allowed,
        "a mapped address is judged alike"
    );
    ip::address_v6::bytes_type wrapped{0x20, 0x02, bytes[0], bytes[1], bytes[2], bytes[3]};
    require(policy.allows(ip::address_v6{wrapped}) == is_allowed, "a 6to4 address is judged alike");
    wrapped = {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, bytes[0], bytes[1], bytes[2], bytes[3]};
    require(
        policy.allows(ip::address_v6{wrapped}) == is_allowed,
        "a NAT64 address is judged alike"
    );

    const ip::address_v6 outer{bytes};
    require(
        !policy.allows(outer) ||
            !(outer.is_loopback() || outer.is_multicast() || outer.is_unspecified() ||
              outer.is_link_local() || outer.is_site_local()),
        "only what is public is allowed"
    );
}

}  // namespace

void try_input(std::string_view input)
{
    try_url(input);
    try_policy(input);
}

}  // namespace botapi::fuzz
