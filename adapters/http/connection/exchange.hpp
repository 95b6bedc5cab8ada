#pragma once

#include "adapters/http/connection/response_writer.hpp"
#include "adapters/http/connection/session_context.hpp"
#include "adapters/http/dispatch/dispatcher.hpp"
#include "adapters/http/protocol/client_identity.hpp"
#include "adapters/http/protocol/message.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace botapi::http {

/// One request and its answer.
struct exchange {
    std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
    client_identity behind{};           ///< Whom a proxy asks for, if one does.
    std::atomic<bool> is_gone = false;  ///< Whether the client has left.
    std::chrono::steady_clock::time_point looked_at = started;  ///< For whether it has left, last.
    request asked{};
    dispatched made{};
    reply_form form{};
    std::uint64_t written = 0;
};

/// That an exchange is the one that is being answered.
class currently {
public:
    currently(exchange*& place, exchange& now) noexcept : place_{place} { place = &now; }
    ~currently() { place_ = nullptr; }
    currently(const currently&) = delete;
    currently& operator=(const currently&) = delete;

private:
    exchange*& place_;
};

/// Counts an exchange that has ended, and writes the lines that tell of it.
void record(const exchange& ended, const session_context& context);

/// Counts a limit that ended a connection, and writes a line.
void record(limit_kind limit, std::string_view remote, const session_context& context);

}  // namespace botapi::http
