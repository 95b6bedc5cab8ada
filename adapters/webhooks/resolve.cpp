#include "adapters/webhooks/resolve.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <utility>

namespace botapi::webhooks {

namespace asio = boost::asio;

using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

resolved_host allowed_of(const address_policy& policy, const endpoints& addresses)
{
    constexpr std::size_t count_max = 4;  // No more are tried.
    resolved_host host;
    for (const auto& one : addresses) {
        if (policy.allows(one.address()) && host.addresses.size() < count_max)
            host.addresses.push_back(one);
    }
    if (host.addresses.empty())
        host.failure = "the host has no address that may be connected to";
    return host;
}

}  // namespace

asio::awaitable<resolved_host> resolve(
    const exchange_tools& tools,
    const exchange_request& request,
    std::chrono::steady_clock::time_point until
)
{
    const auto& url = request.to;
    error_code not_an_address;
    const auto address = asio::ip::make_address(url.host(), not_an_address);
    if (!not_an_address)
        co_return allowed_of(tools.policy, {tcp::endpoint{address, url.port()}});

    auto looking_up = tools.names.resolve(request.bot, url.host(), url.port(), until);
    const auto found = co_await std::move(looking_up);
    if (!found)
        co_return resolved_host{.failure = "the name of the host was not found in time"};
    if (found->error)
        co_return resolved_host{.failure = "the name of the host was not found"};
    co_return allowed_of(tools.policy, found->addresses);
}

}  // namespace botapi::webhooks
