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

/// What came of a sample that was sent to a webhook.
struct webhook_trial {
    std::optional<unsigned> status{};  ///< Of the answer. Nothing, if there was none.
    std::string failure{};             ///< Why there was no answer.
    std::vector<std::pair<std::string, std::string>> headers{};  ///< Of the answer; a few.
    std::string body{};                                          ///< Its beginning, in UTF-8.
    std::chrono::milliseconds taken{};

    friend bool operator==(const webhook_trial&, const webhook_trial&) = default;
};

/// Sends what is due to webhooks, on threads of its own.
///
/// Thread safety: any number of threads may call at once.
class webhook_sender {
public:
    virtual ~webhook_sender() = default;

    /// Says that something may be due now.
    virtual void wake() = 0;

    /// Sends a sample, and calls `done` on some thread, once. Does not block.
    ///
    /// Errors: `overloaded`; then `done` is never called.
    virtual result<> try_out(const webhook& tried, std::function<void(webhook_trial)> done) = 0;
};

}  // namespace botcore
