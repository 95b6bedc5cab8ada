#include "adapters/soci/webhooks/sql_webhooks.hpp"

#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/bots/bot_fence/bot_registry.hpp"
#include "adapters/soci/rows/webhook_rows.hpp"

#include <botcore/domain/absence.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

bool is_registered(session& db, bot_id bot)
{
    auto& selection = db.prepared({"SELECT id FROM bots WHERE id = :id AND removed = 0", "i", "i"});
    bool is_found = false;
    for (selection.bind(bot).run(); selection.next();)
        is_found = true;
    return is_found;
}

std::optional<webhook> find_named(const std::vector<webhook>& all, const webhook_name& name)
{
    const auto found = std::ranges::find(all, name, &webhook::name);
    return found == all.end() ? std::nullopt : std::optional{*found};
}

void write(session& db, const webhook& changed)
{
    db.prepared({"INSERT INTO webhooks (id, bot, name, url, events, secrets, state, version,"
                 " headers) VALUES (:id, :bot, :name, :url, :events, :secrets, :state, :version,"
                 " :headers)"
                 " ON CONFLICT (id) DO UPDATE SET url = excluded.url, events = excluded.events,"
                 " secrets = excluded.secrets, state = excluded.state,"
                 " version = excluded.version, headers = excluded.headers",
                 "iittntnnt"})
        .bind(changed.id)
        .bind(changed.bot)
        .bind(std::string_view{changed.name.text()})
        .bind(std::string_view{changed.url.text()})
        .bind(changed.events.bits())
        .bind(std::string_view{secrets_in_text(changed.secrets)})
        .bind(static_cast<std::int64_t>(changed.state))
        .bind(changed.version)
        .bind(std::string_view{headers_in_text(changed.headers)})
        .run()
        .finish();
}

}  // namespace

result<written_webhook> sql_webhooks::put(const webhook_write& request, deadline until)
{
    result<written_webhook> answer{absent(request.bot)};
    const auto carry_out = [&](session& db) {
        if (!is_registered(db, request.bot)) {
            answer = absent(request.bot);
            return progress::nothing;
        }
        const auto all = webhooks_of(db, request.bot);
        const auto existing = find_named(all, request.name);
        answer = decide_on(request, existing, all.size());
        if (!answer || answer->webhook == existing)
            return progress::nothing;
        write(db, answer->webhook);
        bot_registry::count_change(db);
        return progress::written;
    };
    // Versions only grow. A smaller version, or no webhook, proves that nothing was written. A
    // greater version proves only that another change came after ours, or instead of it.
    const auto verify_commit = [&](session& db) {
        const auto current = find_named(webhooks_of(db, request.bot), request.name);
        if (!current || current->version < answer->webhook.version)
            return commit_status::not_committed;
        return current == answer->webhook ? commit_status::committed : commit_status::unknown;
    };
    const transaction work{.lock = bots_change, .run = carry_out, .verify_commit = verify_commit};
    if (const auto done = runner_.write(until, work); !done)
        return done.error();
    return answer;
}

result<std::vector<webhook>> sql_webhooks::list(bot_id bot, const read_terms& terms)
{
    std::optional<std::vector<webhook>> webhooks;
    const auto done = runner_.read(terms.until, [&](session& db) {
        webhooks.reset();
        if (is_registered(db, bot))
            webhooks = webhooks_of(db, bot);
    });
    if (!done)
        return done.error();
    if (!webhooks)
        return absent(bot);
    return *std::move(webhooks);
}

result<> sql_webhooks::remove(const webhook_removal& removal, deadline until)
{
    result<> answer;
    std::optional<webhook> removed;
    const auto carry_out = [&](session& db) {
        removed = find_named(webhooks_of(db, removal.bot), removal.name);
        answer = decide_on(removal, removed);
        if (!answer)
            return progress::nothing;
        db.prepared({"UPDATE webhooks SET state = 3, name = NULL WHERE id = :id", "i"})
            .bind(removed->id)
            .run()
            .finish();
        bot_registry::count_change(db);
        return progress::written;
    };
    const auto verify_commit = [&](session& db) {
        const auto current = find_named(webhooks_of(db, removal.bot), removal.name);
        return current && current->id == removed->id ? commit_status::not_committed
                                                     : commit_status::committed;
    };
    const transaction work{.lock = bots_change, .run = carry_out, .verify_commit = verify_commit};
    if (auto done = runner_.write(until, work); !done)
        return done;
    return answer;
}

}  // namespace botapi::sql
