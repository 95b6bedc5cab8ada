#include "adapters/soci/bots/bot_fence/bot_registry.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace botapi::sql {

using botcore::bot_id;
using botcore::submission;

namespace {

bool has_webhooks(session& on)
{
    return on.prepared({"SELECT 1 FROM webhooks WHERE state = 1 LIMIT 1", {}, "n"})
               .run_for_count() != 0;
}

}  // namespace

std::optional<known_bots> bot_registry::recall(
    const session& on,
    std::span<const submission> submissions
) const
{
    const std::lock_guard lock{mutex_};
    if (version_ == 0 || on.number() > session_)
        return std::nullopt;
    return select(submissions);
}

known_bots bot_registry::learn(session& on, std::span<const submission> submissions)
{
    const auto current = static_cast<std::int64_t>(
        on.prepared({"SELECT version FROM registry", {}, "n"}).run_for_count()
    );

    std::unique_lock lock{mutex_};
    if (on.number() > session_ || version_ > current)
        version_ = 0;
    // The lock is open while the database is asked: another thread may learn meanwhile.
    while (version_ != current || on.number() > session_) {
        const auto base = version_;
        lock.unlock();
        const auto found = changes_since(on, base);
        lock.lock();
        if (version_ != base)
            continue;
        if (base == 0)
            bots_.clear();
        apply(found);
        version_ = current;
        session_ = std::max(session_, on.number());
    }
    return select(submissions);
}

auto bot_registry::changes_since(session& on, std::int64_t version) -> changes
{
    auto& asked = on.prepared(
        {"SELECT id, removed FROM bots WHERE registry_version > :version ORDER BY id", "n", "in"}
    );
    changes found;
    for (asked.give(version).run(); asked.next();)
        (asked.number(1) == 0 ? found.came : found.gone).push_back(bot_id{asked.id(0)});
    found.has_webhooks = has_webhooks(on);
    return found;
}

void bot_registry::count_change(session& on)
{
    on.prepared({"UPDATE registry SET version = version + 1", {}, {}}).run().finish();
}

void bot_registry::apply(const changes& found)
{
    std::vector<bot_id> left;
    std::ranges::set_difference(bots_, found.gone, std::back_inserter(left));
    bots_.clear();
    std::ranges::set_union(left, found.came, std::back_inserter(bots_));
    has_webhooks_ = found.has_webhooks;
}

known_bots bot_registry::select(std::span<const submission> submissions) const
{
    known_bots known{.has_webhooks = has_webhooks_, .version = version_};
    const auto note = [&](const botcore::participant_id& who) {
        const bot_id id{who.value};
        if (std::ranges::binary_search(bots_, id))
            known.registered.insert(id);
    };
    for (const auto& asked : submissions) {
        for (const auto& one : asked.entries) {
            note(one.draft.ends.from);
            note(one.draft.ends.to);
        }
    }
    return known;
}

}  // namespace botapi::sql
