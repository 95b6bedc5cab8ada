#pragma once

#include "adapters/webhooks/exchange.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>

namespace botapi::webhooks {

/// The addresses of a host that the policy allows.
struct resolved_host {
    endpoints addresses{};
    std::string failure{};  ///< Why there are no addresses.
};

/// Looks up the host of a request, once. Ends at `until`, even if the look-up still runs.
boost::asio::awaitable<resolved_host> resolve(
    const exchange_tools& tools,
    const exchange_request& request,
    std::chrono::steady_clock::time_point until
);

}  // namespace botapi::webhooks
