#include "adapters/http/connection/admission.hpp"

#include "adapters/http/protocol/client_identity.hpp"

namespace botapi::http {

std::optional<admission::ticket> admission::admit(
    const boost::asio::ip::address& address,
    bool is_proxy
)
{
    auto client = network_of(address);
    const std::lock_guard lock{mutex_};
    if (count_ >= max_)
        return std::nullopt;
    auto& of_client = by_client_[client];
    if (of_client >= each_max_ && !is_proxy)
        return std::nullopt;
    ++of_client;
    ++count_;
    return std::optional<ticket>{std::in_place, *this, std::move(client)};
}

bool admission::is_full()
{
    const std::lock_guard lock{mutex_};
    return count_ >= max_;
}

void admission::leave(const boost::asio::ip::address& client)
{
    const std::lock_guard lock{mutex_};
    --count_;
    const auto counted = by_client_.find(client);
    if (--counted->second == 0)
        by_client_.erase(counted);
}

}  // namespace botapi::http
