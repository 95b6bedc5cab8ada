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

/// The longest time to read the rest of an answer whose outcome is known.
inline constexpr std::chrono::milliseconds rest_max{1'000};

struct exchange_request {
    botcore::bot_id bot;  ///< The bot whose share of the resolver's threads the request uses.
    botcore::web_address to;
    header_fields headers{};
    std::string body{};
    bool shows_body = false;  ///< Whether somebody wants to see the body of the answer.
};

struct exchange_answer {
    std::optional<unsigned> status{};  ///< Nothing if there is no answer.
    std::string failure{};             ///< Why there is no answer, in a few words.
    header_fields headers{};
    std::string body{};  ///< The first bytes of the body; complete only with `shows_body`.
    std::chrono::milliseconds duration{};
};

/// Posts a request on a connection of its own, over TLS if the URL says so, and reads the answer.
/// Follows no redirection. Resolves the name once, and connects only to addresses of that result
/// that the policy allows.
///
/// The receiver may answer before the whole request is sent. The outcome is known after a status of
/// success, or after the head of any other answer. The exchange then ends within `rest_max`, unless
/// `shows_body` is set.
///
/// Never throws because of the network or the receiver.
boost::asio::awaitable<exchange_answer> exchange(exchange_tools tools, exchange_request request);

}  // namespace botapi::webhooks
