#pragma once

#include "adapters/http/protocol/message.hpp"

#include <botcore/domain/access.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/verb.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace botapi::http {

/// Answers a request. What it throws is logged and answered with 500.
using handler = std::function<boost::asio::awaitable<response>(request&)>;

/// Whether who holds a token for one conversation may ask, and how it may be shown. What may be
/// asked for is `grant`'s business.
enum class token_use : std::uint8_t {
    refused,
    accepted,
    accepted_in_query,  ///< Also as `access_token`, for what can set no header in a browser.
};

/// A path, a method, and what answers them.
struct route {
    std::string_view pattern;  ///< As in `/bots/{id}`: a name stands for a whole segment.
    boost::beast::http::verb method;
    std::optional<botcore::scope> needs;  ///< Nothing: everybody may ask.
    http::handler handler;
    token_use tokens = token_use::refused;
    bool is_audited = false;  ///< Also if it changes no bot and needs no administrator.
    std::optional<botcore::scope> also_needs{};
};

/// Whether asking leaves a line in the audit record.
[[nodiscard]] inline bool leaves_record(const route& asked) noexcept
{
    return asked.is_audited || asked.needs == botcore::scope::bots_write ||
           asked.needs == botcore::scope::admin;
}

}  // namespace botapi::http
