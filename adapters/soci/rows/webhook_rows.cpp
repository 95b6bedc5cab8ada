#include "adapters/soci/rows/webhook_rows.hpp"

#include <algorithm>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

std::vector<webhook_secret> secrets_from_text(std::string_view text)
{
    std::vector<webhook_secret> secrets;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        auto secret = webhook_secret::parse(text.substr(0, end));
        if (!secret)
            throw broken_data{"A stored secret of a webhook is malformed."};
        secrets.push_back(*std::move(secret));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return secrets;
}

std::vector<webhook_header> headers_from_text(std::string_view text)
{
    std::vector<webhook_header> headers;
    while (!text.empty()) {
        const auto colon = text.find(": ");
        const auto end = text.find('\n');
        if (end == std::string_view::npos || colon > end)
            throw broken_data{"The stored headers of a webhook are malformed."};
        auto header =
            webhook_header::parse(text.substr(0, colon), text.substr(colon + 2, end - colon - 2));
        if (!header)
            throw broken_data{"A stored header of a webhook is malformed."};
        headers.push_back(*std::move(header));
        text.remove_prefix(end + 1);
    }
    return headers;
}

}  // namespace

webhook webhook_in(const row& row)
{
    auto name = webhook_name::parse(row.text(2));
    auto url = web_address::parse(row.text(3));
    const auto events = webhook_events::from_bits(row.count(4));
    const auto state = row.number(6);
    const bool is_valid_state = state >= 0 && state <= static_cast<int>(webhook_state::gone);
    if (!name || !url || !events || !is_valid_state)
        throw broken_data{"A stored webhook is malformed."};
    return {
        .id = webhook_id{row.id(0)},
        .bot = bot_id{row.id(1)},
        .name = *std::move(name),
        .url = *std::move(url),
        .events = *events,
        .secrets = secrets_from_text(row.text(5)),
        .state = static_cast<webhook_state>(state),
        .version = row.count(7),
        .headers = headers_from_text(row.text(8))};
}

std::string secrets_in_text(const std::vector<webhook_secret>& secrets)
{
    std::string text;
    for (const auto& secret : secrets)
        text.append(text.empty() ? "" : " ").append(secret.text());
    return text;
}

std::string headers_in_text(const std::vector<webhook_header>& headers)
{
    std::string text;
    for (const auto& header : headers)
        text.append(header.name()).append(": ").append(header.value()).append("\n");
    return text;
}

std::vector<webhook> webhooks_of(session& db, bot_id bot)
{
    auto& selection = db.prepared(
        {"SELECT " + std::string{webhook_columns} +
             " FROM webhooks WHERE bot = :bot AND name IS NOT NULL",
         "i",
         webhook_columns_give}
    );
    std::vector<webhook> webhooks;
    for (selection.bind(bot).run(); selection.next();)
        webhooks.push_back(webhook_in(selection));
    // The collation of the database may sort names differently.
    std::ranges::sort(webhooks, {}, &webhook::name);
    return webhooks;
}

void remove_webhooks_of(session& db, bot_id bot)
{
    db.prepared({"UPDATE webhooks SET state = 3, name = NULL"
                 " WHERE bot = :bot AND name IS NOT NULL",
                 "i"})
        .bind(bot)
        .run()
        .finish();
}

void add_to_queue(
    session& db,
    webhook_id webhook,
    conversation_id conversation,
    std::uint64_t count
)
{
    db.prepared({"INSERT INTO delivery_queues (webhook, conversation, shard, waiting)"
                 " VALUES (:webhook, :conversation, :shard, :waiting)"
                 " ON CONFLICT (webhook, conversation)"
                 " DO UPDATE SET waiting = delivery_queues.waiting + excluded.waiting",
                 "iinn"})
        .bind(webhook)
        .bind(conversation)
        .bind(std::int64_t{shard_of(conversation)})
        .bind(count)
        .run()
        .finish();
}

}  // namespace botapi::sql
