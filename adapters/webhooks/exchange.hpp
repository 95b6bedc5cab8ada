#pragma once

#include "adapters/webhooks/address_policy.hpp"
#include "adapters/webhooks/answer_reader.hpp"
#include "adapters/webhooks/name_resolver.hpp"

#include <botcore/domain/id.hpp>
#include <botcore/domain/web_address.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace botapi::webhooks {

/// What every exchange uses. It must outlive the exchanges.
struct exchange_tools {
    const address_policy& policy;
    boost::asio::ssl::context& tls;
    name_resolver& names;
    std::chrono::milliseconds timeout;  ///< For one whole exchange.
};

/// The longest time for what follows when the outcome is known.
inline constexpr std::chrono::milliseconds rest_max{1'000};

struct exchange_request {
    botcore::bot_id bot;  ///< Whose share of the resolver it takes.
    botcore::web_address to;
    header_fields headers{};
    std::string body{};
    bool shows_body = false;  ///< Whether somebody wants to see the body of the answer.
};

struct exchange_answer {
    std::optional<unsigned> status{};  ///< Nothing if there is no answer.
    std::string failure{};             ///< Why there is none, in a few words.
    header_fields headers{};
    std::string body{};  ///< The first bytes of it, if they are to be shown.
    std::chrono::milliseconds duration{};
};

/// Posts a request on a connection of its own, over TLS if the URL says so, and reads the answer.
/// Follows no redirection. Resolves the name once, and connects only to addresses of that result
/// that the policy allows.
///
/// The status decides once it can be read, also before the whole request is sent. After a status
/// of success, or the head of another answer, the exchange ends within `rest_max`, unless somebody
/// wants to see the body.
///
/// Never throws because of the network or the receiver.
boost::asio::awaitable<exchange_answer> exchange(exchange_tools tools, exchange_request request);

}  // namespace botapi::webhooks
