#include "adapters/soci/messages/append_work.hpp"

#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/keys/key_quotas.hpp"

#include <unordered_map>
#include <utility>

namespace botapi::sql {

using namespace botcore;

progress append_work::run(session& db)
{
    numbers_.clear();
    if (std::exchange(suspicion_, suspicion::all_ids) == suspicion::chosen_ids) {
        if (append_at_once(db))
            return progress::committed;
        read_facts(db, suspicion::chosen_ids);
    } else
        read_facts(db, suspicion::all_ids);

    const auto bots = registry_.learn(db, submissions_);
    make_plan(bots);
    if (plan_->rows().empty() && plan_->receipts().empty())
        return progress::nothing;
    numbers_ = writer_.write(db, *plan_, bots);
    spend_quotas(db, *plan_);
    return progress::written;
}

void append_work::read_facts(session& db, suspicion suspicion)
{
    auto left = lock_quotas(db, submissions_);
    facts_ = facts_for(db, submissions_, suspicion);
    facts_.quota_left = std::move(left);
}

/// Makes a plan from the cached bots, then writes and commits it in one round trip. False if that
/// is not possible; nothing was written then.
bool append_work::append_at_once(session& db)
{
    if (!writer_.commits_at_once() || !need_only_bots(submissions_))
        return false;
    const auto bots = registry_.recall(db, submissions_);
    if (!bots)
        return false;
    facts_ = {};
    make_plan(*bots);
    if (plan_->refuses_any())
        return false;  // The bot may be too new for the cache.
    if (auto written = writer_.write_and_commit(db, *plan_, *bots)) {
        numbers_ = *std::move(written);
        return true;
    }
    db.begin_write(bots_stay, until_);
    return false;
}

void append_work::make_plan(const known_bots& bots)
{
    facts_.bots = bots.registered;
    plan_.emplace(submissions_, facts_);
}

commit_status append_work::verify_commit(session& db)
{
    std::unordered_map<uuid, append_plan::row_numbers> stored;
    std::vector<uuid> ids;
    for (const auto& row : plan_->rows())
        ids.push_back(row.source.get().id.value);
    const auto collect = [&](const row& row) {
        stored.emplace(row.id(0), append_plan::row_numbers{row.count(1), row.count(2)});
    };
    db.select_by_ids({"SELECT id, seq, arrival FROM messages", {}, "inn"}, "id", ids, collect);

    // One transaction wrote all rows or none, so one row shows it. A plan without rows can safely
    // be repeated.
    if (ids.empty() || !stored.contains(ids.front()))
        return commit_status::not_committed;
    // Without numbers, this was an append in one round trip. Such a batch has only ids that this
    // server made, so no other batch can have stored them.
    if (numbers_.empty()) {
        for (const auto& id : ids)
            numbers_.push_back(stored.at(id));
        return commit_status::committed;
    }
    const auto& first = stored.at(ids.front());
    const bool is_ours = first.seq == numbers_.front().seq &&
                         first.arrival == numbers_.front().arrival;
    return is_ours ? commit_status::committed : commit_status::not_committed;
}

}  // namespace botapi::sql
