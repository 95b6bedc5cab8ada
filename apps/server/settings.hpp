#pragma once

#include "adapters/http/options.hpp"
#include "adapters/logging/options.hpp"
#include "adapters/soci/driver/database_url.hpp"
#include "adapters/webhooks/options.hpp"

#include <botcore/app/webhook_service.hpp>
#include <botcore/domain/draft.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::app {

/// The kinds of sources of a setting.
enum class source_kind : std::uint8_t { built_in, command_line, environment, file };

/// Where the values of a setting come from.
struct setting_origin {
    source_kind kind = source_kind::built_in;
    std::string name{};  ///< The flag, the variable, or the file and the line; empty if built in.
};

/// The values of all settings. A setting that the command does not use keeps its default.
struct settings {
    settings();

    sql::database_url database;
    std::optional<sql::database_url> listen_database{};  ///< If not set: `database`.
    std::vector<sql::database_url> read_replicas{};
    std::chrono::milliseconds replica_lag_max{1'000};
    std::size_t db_connections = 8;
    http::server_options http;
    botcore::message_limits messages;
    std::chrono::milliseconds token_life{1'800'000};       ///< Rounded up to whole seconds.
    std::chrono::milliseconds token_life_max{86'400'000};  ///< Likewise.
    logging::options log;
    webhooks::sender_options webhooks;
    botcore::webhook_rules webhook_rules;
    /// The values that flags, variables or the file have set, in the order of the table. A value
    /// that may contain a password is `(not shown)`.
    std::vector<std::pair<std::string_view, std::string>> explicit_values{};
    std::map<std::string_view, setting_origin> origins{};  ///< By the name of the setting.
    std::string config_path{};                             ///< Empty if there is no file.
    std::string config_source{};                           ///< The flag or variable that names it.
    bool must_exist = false;        ///< Refuse a database that holds nothing.
    bool is_insecure_open = false;  ///< Serve any client while no API key exists.
};

}  // namespace botapi::app
