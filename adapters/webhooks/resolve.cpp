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

/// An answer that may come when nobody waits for it any more. So both share it.
struct pending_lookup {
    explicit pending_lookup(
        const asio::any_io_executor& executor,
        std::chrono::steady_clock::time_point until
    )
        : ended{executor, until}
    {
    }

    asio::steady_timer ended;  ///< Cancelled when the answer is there.
    std::optional<error_code> failed{};
    endpoints found{};
};

/// Blocks. Made for one of the resolvers' threads.
void look_up(
    const std::shared_ptr<pending_lookup>& into,
    const asio::any_io_executor& back,
    const std::string& host,
    std::uint16_t port
)
{
    asio::io_context unused;
    tcp::resolver resolver{unused};
    error_code failed;
    const auto results = resolver.resolve(
        host,
        std::to_string(port),
        tcp::resolver::numeric_service | tcp::resolver::address_configured,
        failed
    );
    endpoints found;
    for (const auto& one : results)
        found.push_back(one.endpoint());
    asio::post(back, [into, failed, found = std::move(found)]() mutable {
        into->failed = failed;
        into->found = std::move(found);
        into->ended.cancel();
    });
}

resolved allowed_of(const address_policy& policy, const endpoints& found)
{
    constexpr std::size_t count_max = 4;  // More are not tried.
    resolved made;
    for (const auto& one : found) {
        if (policy.allows(one.address()) && made.addresses.size() < count_max)
            made.addresses.push_back(one);
    }
    if (made.addresses.empty())
        made.failure = "the host has no address that may be connected to";
    return made;
}

}  // namespace

asio::awaitable<resolved> resolve(
    const exchange_tools& with,
    const botcore::web_address& to,
    std::chrono::steady_clock::time_point until
)
{
    error_code no_address;
    const auto address = asio::ip::make_address(to.host(), no_address);
    if (!no_address)
        co_return allowed_of(with.policy, {tcp::endpoint{address, to.port()}});

    const auto executor = co_await asio::this_coro::executor;
    const auto pending = std::make_shared<pending_lookup>(executor, until);
    asio::post(with.resolvers, [pending, executor, host = to.host(), port = to.port()] {
        look_up(pending, executor, host, port);
    });
    auto waited = pending->ended.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(waited);
    if (!pending->failed)
        co_return resolved{.failure = "the name of the host was not found in time"};
    if (*pending->failed)
        co_return resolved{.failure = "the name of the host was not found"};
    co_return allowed_of(with.policy, pending->found);
}

}  // namespace botapi::webhooks
