#pragma once

#include "adapters/http/options.hpp"
#include "adapters/logging/options.hpp"
#include "adapters/soci/database_url.hpp"

#include <botcore/domain/draft.hpp>

#include <cstddef>

namespace botapi::app {

/// All that can be set. What a command has no use for keeps its default.
struct settings {
    settings();

    sql::database_url database;
    std::size_t db_connections = 8;
    http::server_options http;
    botcore::message_limits messages;
    logging::options log;
    bool is_insecure_open = false;  ///< Serve everybody, on any address, while there is no key.
};

}  // namespace botapi::app
