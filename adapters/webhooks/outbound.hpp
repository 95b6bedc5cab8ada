#pragma once

#include "adapters/webhooks/exchange.hpp"

#include <botcore/domain/delivery.hpp>
#include <botcore/domain/webhook.hpp>
#include <botcore/ports/webhook_sender.hpp>
#include <botcore/ports/webhook_store.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace botapi::webhooks {

/// A signed request to a webhook. `attempt_number` counts from 1; `now` is when it is sent.
exchange_request request_for(
    const botcore::webhook& webhook,
    std::string id,
    std::string body,
    std::uint64_t attempt_number,
    botcore::instant now
);

/// The outcome of an attempt that ended at `now`.
botcore::attempt attempt_from(const exchange_answer& answer, botcore::instant now);

/// The part of an answer to a sample request that clients see: the body as UTF-8, and some headers.
botcore::webhook_trial trial_from(exchange_answer answer);

/// The value of `Retry-After` (RFC 9110 section 10.2.3), a number of seconds or a date. Nothing if
/// `text` is neither, or in the past.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, botcore::instant now);

}  // namespace botapi::webhooks
