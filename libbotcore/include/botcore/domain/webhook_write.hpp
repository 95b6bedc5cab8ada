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

/// What a webhook is to be.
struct webhook_write {
    bot_id bot;
    webhook_name name;
    web_address url;
    webhook_events events;
    std::vector<webhook_secret>
        secrets{};  ///< None: those it has, or `fresh.secrets` if it is new.
    bool is_enabled = true;
    precondition expected{};
    bool must_be_absent = false;  ///< Whether only a new one is to be made.
    bool must_exist = false;      ///< Whether none is to be made.

    /// What a new one gets.
    struct {
        webhook_id id;
        webhook_secret secret;
        std::uint64_t version = 1;
    } fresh;
};

struct webhook_written {
    botcore::webhook webhook;
    bool is_new = false;

    /// Whether its secrets are others than before.
    bool has_new_secrets = false;
};

struct webhook_removal {
    bot_id bot;
    webhook_name name;
    precondition expected{};
};

/// Decides on a change. `existing` is what has the name; `count` are all webhooks of the bot.
///
/// Errors: `precondition_failed`; `invalid_argument` if the bot has too many.
result<webhook_written> decide_on(
    const webhook_write& asked,
    const std::optional<webhook>& existing,
    std::size_t count
);

/// Whether what has the name may be removed.
///
/// Errors: `not_found`; `precondition_failed`.
result<> decide_on(const webhook_removal& asked, const std::optional<webhook>& existing);

}  // namespace botcore
