#pragma once

#include <botcore/domain/webhook.hpp>
#include <botcore/result.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace botcore {

/// The outcome of a sample message that was sent to a webhook.
struct webhook_trial {
    std::optional<unsigned> status{};  ///< HTTP status. Nothing without a response.
    std::string failure{};             ///< Why there was no response.
    std::vector<std::pair<std::string, std::string>> headers{};  ///< Some of those received.
    std::string body{};  ///< The beginning of the response's body, in UTF-8.
    std::chrono::milliseconds duration{};

    friend bool operator==(const webhook_trial&, const webhook_trial&) = default;
};

/// Sends due deliveries to webhooks, on its own threads.
///
/// Thread safety: any number of threads may call at once.
class webhook_sender {
public:
    virtual ~webhook_sender() = default;

    /// Makes the sender look for due deliveries now.
    virtual void wake() = 0;

    /// Sends a sample message, and calls `on_result` on some thread, once. Does not block.
    ///
    /// Errors: `overloaded`; then `on_result` is never called.
    virtual result<> try_out(
        const webhook& receiver,
        std::function<void(webhook_trial)> on_result
    ) = 0;
};

}  // namespace botcore
