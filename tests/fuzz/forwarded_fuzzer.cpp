// Input: values of `Forwarded` and `X-Forwarded-For` from a client, one field a line.
#include "adapters/http/protocol/client_identity.hpp"
#include "adapters/http/protocol/trusted_proxies.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/fields.hpp>

#include <string>

namespace botapi::fuzz {

namespace {

using boost::asio::ip::address;
using boost::asio::ip::make_address;
using http::proxy_header;
using http::trusted_proxies;

const address proxy = make_address("10.0.0.1");
const address client = make_address("198.51.100.9");

boost::beast::http::fields fields_of(std::string_view input, const char* name)
{
    boost::beast::http::fields fields;
    for (;;) {
        const auto end = input.find('\n');
        fields.insert(name, boost::beast::string_view{input.data(), std::min(end, input.size())});
        if (end == std::string_view::npos)
            return fields;
        input.remove_prefix(end + 1);
    }
}

void try_header(proxy_header header, const char* name, std::string_view input)
{
    const trusted_proxies proxies{{"10.0.0.0/8", "2001:db8::/32"}, header};
    auto headers = fields_of(input, name);
    require(proxies.origin(client, headers) == client, "only a trusted proxy names another client");

    const auto origin = proxies.origin(proxy, headers);
    require(http::plain(origin) == origin, "an address has one form");
    const auto network = http::network_of(origin);
    require(http::network_of(network) == network, "a network's network is itself");

    const bool is_standard = header == proxy_header::forwarded;
    headers.insert(name, is_standard ? "for=198.51.100.9" : "198.51.100.9");
    require(proxies.origin(proxy, headers) == client, "the value that the proxy adds counts");
    headers.insert(name, is_standard ? "for=\"[2001:db8::7]:80\"" : "2001:db8::7");
    require(proxies.origin(proxy, headers) == client, "it counts through two proxies, too");
}

}  // namespace

void try_input(std::string_view input)
{
    try_header(proxy_header::forwarded, "Forwarded", input);
    try_header(proxy_header::x_forwarded_for, "X-Forwarded-For", input);
}

}  // namespace botapi::fuzz
