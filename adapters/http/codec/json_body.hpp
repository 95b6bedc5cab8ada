#pragma once

#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <variant>

namespace botapi::http {

/// A JSON body: its text and its value.
struct json_body {
    std::string text;
    boost::json::value value;
};

/// Reads the whole body as JSON. The time limit for the answer starts again afterwards.
boost::asio::awaitable<std::variant<json_body, problem>> read_json(
    request& request,
    const limits& limits
);

}  // namespace botapi::http
