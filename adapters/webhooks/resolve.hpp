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

/// Where a URL leads, as far as the policy allows to go there.
struct resolved {
    endpoints addresses{};
    std::string failure{};  ///< Why there are none.
};

/// Looks up the host of a URL, once. The caller is not kept past `until`.
boost::asio::awaitable<resolved> resolve(
    const exchange_tools& with,
    const botcore::web_address& to,
    std::chrono::steady_clock::time_point until
);

}  // namespace botapi::webhooks
