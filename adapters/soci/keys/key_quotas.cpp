#include "adapters/soci/keys/key_quotas.hpp"

#include <set>
#include <string>

namespace botapi::sql {

using namespace botcore;

std::map<key_id, std::uint64_t> lock_quotas(session& db, std::span<const submission> submissions)
{
    std::set<key_id> accounts;
    for (const auto& submission : submissions) {
        if (submission.account)
            accounts.insert(*submission.account);
    }

    // To avoid deadlocks, accounts are locked in the order of their ids, and before conversations.
    std::map<key_id, std::uint64_t> left;
    for (const auto& account : accounts) {
        const std::string lock{db.dialect().lock_rows};
        auto& selection = db.prepared(
            {"SELECT quota - stored FROM key_quotas WHERE key = :key" + lock, "i", "n"}
        );
        for (selection.bind(account).run(); selection.next();)
            left.emplace(account, selection.count(0));
    }
    return left;
}

void spend_quotas(session& db, const append_plan& plan)
{
    for (const auto& [account, count] : plan.spent()) {
        db.prepared({"UPDATE key_quotas SET stored = stored + :count WHERE key = :key", "ni"})
            .bind(count)
            .bind(account)
            .run()
            .finish();
    }
}

}  // namespace botapi::sql
