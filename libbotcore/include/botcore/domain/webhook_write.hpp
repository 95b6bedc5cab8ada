#pragma once

#include <botcore/domain/bot.hpp>
#include <botcore/domain/precondition.hpp>
#include <botcore/domain/webhook.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace botcore {

/// A request to create a webhook or to bring it into this state.
struct webhook_write {
    bot_id bot;
    webhook_name name;
    web_address url;
    webhook_events events;
    std::vector<webhook_secret>
        secrets{};  ///< Empty: keep the secrets; a new webhook gets `fresh.secret`.
    std::optional<std::vector<webhook_header>> headers{};  ///< Nothing: keep the headers.
    bool is_enabled = true;
    precondition expected{};
    bool must_be_absent = false;  ///< Whether the webhook may only be created.
    bool must_exist = false;      ///< Whether the webhook may not be created.

    /// The values that only a new webhook gets.
    struct {
        webhook_id id;
        webhook_secret secret;
        std::uint64_t version = 1;
    } fresh;
};

struct written_webhook {
    botcore::webhook webhook;
    bool is_new = false;

    /// Whether its secrets have changed.
    bool has_new_secrets = false;
};

struct webhook_removal {
    bot_id bot;
    webhook_name name;
    precondition expected{};
};

/// Decides on a change. `existing` is the webhook with the name; `count` is the number of webhooks
/// of the bot.
///
/// Errors: `precondition_failed`; `invalid_argument` if the bot has too many.
result<written_webhook> decide_on(
    const webhook_write& write,
    const std::optional<webhook>& existing,
    std::size_t count
);

/// Decides whether the webhook with the name may be removed.
///
/// Errors: `not_found`; `precondition_failed`.
result<> decide_on(const webhook_removal& removal, const std::optional<webhook>& existing);

}  // namespace botcore
