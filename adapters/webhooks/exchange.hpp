#pragma once

#include "adapters/webhooks/address_policy.hpp"

#include <botcore/domain/web_address.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace botapi::webhooks {

using header_fields = std::vector<std::pair<std::string, std::string>>;

/// What every exchange uses. It must outlive the exchanges.
struct exchange_tools {
    const address_policy& policy;
    boost::asio::ssl::context& tls;
    boost::asio::thread_pool& resolvers;  ///< For name look-ups, which block.
    std::chrono::milliseconds timeout;    ///< For one whole exchange.
};

struct exchange_request {
    botcore::web_address to;
    header_fields headers{};
    std::string body{};
};

struct exchange_answer {
    static constexpr std::size_t body_size_max = 4'096;     ///< Bytes that are kept.
    static constexpr std::size_t header_size_max = 16'384;  ///< Bytes; more is a failure.

    std::optional<unsigned> status{};  ///< Nothing if there is no answer.
    std::string failure{};             ///< Why there is none, in a few words.
    header_fields headers{};
    std::string body{};  ///< The first bytes of it.
    std::chrono::milliseconds duration{};
};

/// Posts a request on a connection of its own, over TLS if the URL says so, and reads the answer.
/// Follows no redirection. Resolves the name once, and connects only to addresses of that result
/// that the policy allows.
///
/// Never throws because of the network or the receiver.
boost::asio::awaitable<exchange_answer> exchange(exchange_tools tools, exchange_request request);

}  // namespace botapi::webhooks
