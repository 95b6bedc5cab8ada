#pragma once

#include "adapters/http/connection/response_writer.hpp"
#include "adapters/http/connection/session.hpp"

#include <cstdint>

namespace botapi::http {

/// One request and its answer.
struct session::exchange {
    connection::clock::time_point started = connection::clock::now();
    request asked{};
    dispatched made{};
    reply_form form{};
    std::uint64_t written = 0;
};

}  // namespace botapi::http
