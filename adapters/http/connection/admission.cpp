#include "adapters/http/connection/admission.hpp"

#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>

namespace botapi::http {

using boost::asio::ip::address;

address client_of(const address& address)
{
    if (address.is_v4())
        return address;
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6);
    auto bytes = v6.to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return boost::asio::ip::address_v6{bytes};
}

std::optional<admission::ticket> admission::admit(const address& address)
{
    auto client = client_of(address);
    const std::lock_guard lock{mutex_};
    if (count_ >= max_)
        return std::nullopt;
    auto& of_client = by_client_[client];
    if (of_client >= each_max_)
        return std::nullopt;
    ++of_client;
    ++count_;
    return std::optional<ticket>{std::in_place, *this, std::move(client)};
}

void admission::leave(const address& client)
{
    const std::lock_guard lock{mutex_};
    --count_;
    const auto found = by_client_.find(client);
    if (--found->second == 0)
        by_client_.erase(found);
}

}  // namespace botapi::http
