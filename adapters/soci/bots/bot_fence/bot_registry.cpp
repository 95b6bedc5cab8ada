#include "adapters/soci/bots/bot_fence/bot_registry.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace botapi::sql {

using botcore::bot_id;
using botcore::submission;

namespace {

bool has_webhooks(session& db)
{
    return db.prepared({"SELECT 1 FROM webhooks WHERE state = 1 LIMIT 1", {}, "n"})
               .run_for_count() != 0;
}

}  // namespace

std::optional<known_bots> bot_registry::recall(
    const session& db,
    std::span<const submission> submissions
) const
{
    const std::lock_guard lock{mutex_};
    if (version_ == 0 || db.number() > session_)
        return std::nullopt;
    return select(submissions);
}

known_bots bot_registry::learn(session& db, std::span<const submission> submissions)
{
    const auto current = static_cast<std::int64_t>(
        db.prepared({"SELECT version FROM registry", {}, "n"}).run_for_count()
    );

    std::unique_lock lock{mutex_};
    if (db.number() > session_ || version_ > current)
        version_ = 0;
    // The query runs without the mutex, so another thread may update the cache during it.
    while (version_ != current || db.number() > session_) {
        const auto base = version_;
        lock.unlock();
        const auto changed = changes_since(db, base);
        lock.lock();
        if (version_ != base)
            continue;
        if (base == 0)
            bots_.clear();
        apply(changed);
        version_ = current;
        session_ = std::max(session_, db.number());
    }
    return select(submissions);
}

auto bot_registry::changes_since(session& db, std::int64_t version) -> changes
{
    auto& selection = db.prepared(
        {"SELECT id, removed FROM bots WHERE registry_version > :version ORDER BY id", "n", "in"}
    );
    changes changed;
    for (selection.bind(version).run(); selection.next();)
        (selection.number(1) == 0 ? changed.registered : changed.removed)
            .push_back(bot_id{selection.id(0)});
    changed.has_webhooks = has_webhooks(db);
    return changed;
}

void bot_registry::count_change(session& db)
{
    db.prepared({"UPDATE registry SET version = version + 1", {}, {}}).run().finish();
}

void bot_registry::apply(const changes& changed)
{
    std::vector<bot_id> remaining;
    std::ranges::set_difference(bots_, changed.removed, std::back_inserter(remaining));
    bots_.clear();
    std::ranges::set_union(remaining, changed.registered, std::back_inserter(bots_));
    has_webhooks_ = changed.has_webhooks;
}

known_bots bot_registry::select(std::span<const submission> submissions) const
{
    known_bots bots{.has_webhooks = has_webhooks_, .version = version_};
    const auto add_if_bot = [&](const botcore::participant_id& end) {
        const bot_id id{end.value};
        if (std::ranges::binary_search(bots_, id))
            bots.registered.insert(id);
    };
    for (const auto& submission : submissions) {
        for (const auto& entry : submission.entries) {
            add_if_bot(entry.draft.ends.from);
            add_if_bot(entry.draft.ends.to);
        }
    }
    return bots;
}

}  // namespace botapi::sql
