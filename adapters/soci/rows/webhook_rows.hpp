#pragma once

#include "adapters/soci/driver/row.hpp"
#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/engine/transaction_runner.hpp"

#include <botcore/domain/delivery.hpp>
#include <botcore/domain/webhook.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::sql {

/// The columns that `webhook_in` reads, and their letters. Precondition: the webhook is not
/// removed.
inline constexpr std::string_view webhook_columns =
    "id, bot, name, url, events, secrets, state, version, headers";
inline constexpr std::string_view webhook_columns_give = "iittntnnt";

/// Throws `broken_data`.
botcore::webhook webhook_in(const row& row);

/// The secrets of a webhook as one text.
std::string secrets_in_text(const std::vector<botcore::webhook_secret>& secrets);

/// The headers of a webhook as one text.
std::string headers_in_text(const std::vector<botcore::webhook_header>& headers);

/// The stored form of an instant.
inline std::int64_t nanoseconds_of(botcore::instant at)
{
    return at.time_since_epoch().count();
}

/// A `transaction::verify_commit` for work that can safely be repeated. It needs no check.
inline commit_status nothing_committed(session& /*db*/)
{
    return commit_status::not_committed;
}

/// The webhooks of a bot in the order of their names.
std::vector<botcore::webhook> webhooks_of(session& db, botcore::bot_id bot);

/// Marks the webhooks of a bot as removed. Precondition: the transaction holds `bots_change`.
void remove_webhooks_of(session& db, botcore::bot_id bot);

/// Adds `count` to the number of deliveries in a delivery queue. Creates the queue if there is
/// none.
void add_to_queue(
    session& db,
    botcore::webhook_id webhook,
    botcore::conversation_id conversation,
    std::uint64_t count
);

}  // namespace botapi::sql
