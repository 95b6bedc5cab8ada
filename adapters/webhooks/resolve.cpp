#include "adapters/webhooks/resolve.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>

namespace botapi::webhooks {

namespace asio = boost::asio;

using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

/// A look-up. Its thread and the waiting coroutine share it: either may end first.
struct pending_lookup {
    explicit pending_lookup(
        const asio::any_io_executor& executor,
        std::chrono::steady_clock::time_point until
    )
        : timer{executor, until}
    {
    }

    asio::steady_timer timer;  ///< Cancelled when the answer is there.
    std::optional<error_code> error{};
    endpoints addresses{};
};

/// Blocks, so it runs on one of the resolvers' threads.
void look_up(
    const std::shared_ptr<pending_lookup>& lookup,
    const asio::any_io_executor& executor,
    const std::string& host,
    std::uint16_t port
)
{
    asio::io_context unused;
    tcp::resolver resolver{unused};
    error_code error;
    const auto results = resolver.resolve(
        host,
        std::to_string(port),
        tcp::resolver::numeric_service | tcp::resolver::address_configured,
        error
    );
    endpoints addresses;
    for (const auto& one : results)
        addresses.push_back(one.endpoint());
    asio::post(executor, [lookup, error, addresses = std::move(addresses)]() mutable {
        lookup->error = error;
        lookup->addresses = std::move(addresses);
        lookup->timer.cancel();
    });
}

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
    const botcore::web_address& url,
    std::chrono::steady_clock::time_point until
)
{
    error_code not_an_address;
    const auto address = asio::ip::make_address(url.host(), not_an_address);
    if (!not_an_address)
        co_return allowed_of(tools.policy, {tcp::endpoint{address, url.port()}});

    const auto executor = co_await asio::this_coro::executor;
    const auto lookup = std::make_shared<pending_lookup>(executor, until);
    asio::post(tools.resolvers, [lookup, executor, host = url.host(), port = url.port()] {
        look_up(lookup, executor, host, port);
    });
    auto answer_or_timeout = lookup->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(answer_or_timeout);
    if (!lookup->error)
        co_return resolved_host{.failure = "the name of the host was not found in time"};
    if (*lookup->error)
        co_return resolved_host{.failure = "the name of the host was not found"};
    co_return allowed_of(tools.policy, lookup->addresses);
}

}  // namespace botapi::webhooks
