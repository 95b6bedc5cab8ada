#pragma once

#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <variant>

namespace botapi::http {

/// A JSON body: its text and what it says.
struct json_body {
    std::string text;
    boost::json::value value;
};

/// Reads a whole body as JSON, and starts the time for the answer anew.
boost::asio::awaitable<std::variant<json_body, problem>> read_json(
    request& asked,
    const limits& limits
);

}  // namespace botapi::http
