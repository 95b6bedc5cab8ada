#include "adapters/http/protocol/client_identity.hpp"

#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>

namespace botapi::http {

using boost::asio::ip::address;

address plain(const address& address)
{
    if (!address.is_v6() || !address.to_v6().is_v4_mapped())
        return address;
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
}

address network_of(const address& address)
{
    auto at = plain(address);
    if (at.is_v4())
        return at;
    auto bytes = at.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return boost::asio::ip::address_v6{bytes};
}

client_identity client_at(const address& address)
{
    return {.address = plain(address).to_string(), .network = network_of(address).to_string()};
}

}  // namespace botapi::http
