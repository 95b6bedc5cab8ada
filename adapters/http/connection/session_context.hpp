#pragma once

#include "adapters/http/connection/tls_context.hpp"
#include "adapters/http/dispatch/dispatcher.hpp"
#include "adapters/http/metrics/metrics.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/memory_budget.hpp"
#include "adapters/http/protocol/trusted_proxies.hpp"

#include <botcore/ports/log.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

namespace botapi::http {

/// The parts that all sessions share.
struct session_context {
    const dispatcher& routes;
    const http::limits& limits;
    http::metrics& metrics;
    botcore::log& log;
    const std::function<void(std::chrono::steady_clock::time_point)>&
        look_around;         ///< Called several times a second.
    const tls_context* tls;  ///< Null if connections are plain.
    const trusted_proxies& proxies;
    memory_budget& held;  ///< For unfinished bodies, and for reports that clients do not read.
    const std::string& base_path;
    http::compression compression;
    const std::atomic<bool>& is_leaving;   ///< Whether clients should connect elsewhere.
    const std::atomic<bool>& is_draining;  ///< Whether the server is about to end.
};

}  // namespace botapi::http
