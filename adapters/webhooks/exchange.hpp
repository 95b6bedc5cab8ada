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

/// What every exchange needs. All of it must outlive the exchanges.
struct exchange_tools {
    const address_policy& policy;
    boost::asio::ssl::context& tls;
    boost::asio::thread_pool& resolvers;  ///< Looking up a name blocks.
    std::chrono::milliseconds timeout;    ///< Of one exchange in all.
};

struct exchange_request {
    botcore::web_address to;
    header_fields headers{};
    std::string body{};
};

struct exchange_answer {
    static constexpr std::size_t body_size_max = 4'096;     ///< Bytes that are kept.
    static constexpr std::size_t header_size_max = 16'384;  ///< Bytes; more is a failure.

    std::optional<unsigned> status{};  ///< Nothing, if there was no answer.
    std::string failure{};             ///< Why there was none, in a few words.
    header_fields headers{};
    std::string body{};  ///< Its beginning.
    std::chrono::milliseconds taken{};
};

/// Posts a request on a connection of its own, over TLS if the URL says so, and reads the answer.
/// Follows no redirection. The name is resolved once, and connected is to nothing but addresses
/// that it was resolved to and that the policy allows.
///
/// Never throws for what the network or the other side does.
boost::asio::awaitable<exchange_answer> exchange(exchange_tools with, exchange_request asked);

}  // namespace botapi::webhooks
