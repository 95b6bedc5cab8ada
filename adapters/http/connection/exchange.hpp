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
    client_identity origin{};           ///< The client that a trusted proxy names, if one does.
    std::atomic<bool> is_gone = false;  ///< Whether the client has left.
    /// When the session last checked whether the client has left.
    std::chrono::steady_clock::time_point last_check = started;
    http::request request{};
    dispatch_result result{};
    reply_form form{};
    std::uint64_t body_size = 0;  ///< Bytes of the answer's body that were sent.
};

/// Makes a pointer point to an exchange for as long as this object exists.
class current_exchange {
public:
    current_exchange(exchange*& pointer, exchange& exchange) noexcept : pointer_{pointer}
    {
        pointer = &exchange;
    }
    ~current_exchange() { pointer_ = nullptr; }
    current_exchange(const current_exchange&) = delete;
    current_exchange& operator=(const current_exchange&) = delete;

private:
    exchange*& pointer_;
};

/// Counts a finished exchange, and logs it.
void record(const exchange& exchange, const session_context& context);

/// Counts a limit that ended a connection, and logs it.
void record(limit_kind limit, std::string_view remote, const session_context& context);

}  // namespace botapi::http
