#pragma once

#include "adapters/webhooks/exchange.hpp"

#include <botcore/domain/web_address.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace botapi::webhooks {

using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

/// The addresses of a host that the policy allows.
struct resolved_host {
    endpoints addresses{};
    std::string failure{};  ///< Why there are no addresses.
};

/// Looks up the host of a URL, once. Ends at `until`, even if the look-up still runs.
boost::asio::awaitable<resolved_host> resolve(
    const exchange_tools& tools,
    const botcore::web_address& url,
    std::chrono::steady_clock::time_point until
);

}  // namespace botapi::webhooks
