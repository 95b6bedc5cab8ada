#pragma once

#include "adapters/soci/driver/session.hpp"

#include <botcore/domain/draft.hpp>
#include <botcore/domain/id.hpp>

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

namespace botapi::sql {

/// The senders and recipients of some submissions that are bots in one version of the registry.
struct known_bots {
    std::unordered_set<botcore::bot_id> registered{};
    bool has_webhooks = true;  ///< Whether any bot may have an enabled webhook.
    std::int64_t version = 0;
};

/// A cache of the registered bots. With it an append need not look up the senders and recipients of
/// its messages. It also need not look up webhooks if there are none.
///
/// A transaction that relies on the cache must verify that the registry still has the same version:
/// see `append_statement`.
///
/// Facts from one session are valid for that session and for older ones. A newer session may be on
/// another server, after a failover that lost changes. So the cache is filled again for a newer
/// session.
///
/// Size: 16 bytes a bot.
///
/// Thread safety: any number of threads may use it at once.
class bot_registry {
public:
    /// The bots among the senders and recipients, from the cache. Nothing if the cache is not valid
    /// for this session.
    std::optional<known_bots> recall(
        const session& db,
        std::span<const botcore::submission> submissions
    ) const;

    /// Updates the cache, and returns the bots among the senders and recipients. Precondition: the
    /// transaction holds `bots_stay` or `bots_change`.
    known_bots learn(session& db, std::span<const botcore::submission> submissions);

    /// Increases the version of the registry, so that all servers update their caches. Call it
    /// after the change of a bot, or of a webhook that may be the first or the last enabled one.
    /// Precondition: the transaction holds `bots_change`.
    static void count_change(session& db);

private:
    struct changes {
        std::vector<botcore::bot_id> registered{};  ///< Sorted. Some may be in the cache already.
        std::vector<botcore::bot_id> removed{};     ///< Sorted. Some may not be in the cache.
        bool has_webhooks = true;                   ///< After the changes.
    };

    static changes changes_since(session& db, std::int64_t version);
    void apply(const changes& changed);
    [[nodiscard]] known_bots select(std::span<const botcore::submission> submissions) const;

    mutable std::mutex mutex_;
    std::uint64_t session_ = 0;            ///< The newest session from which the cache was filled.
    std::int64_t version_ = 0;             ///< The registry's version; 0 while the cache is empty.
    std::vector<botcore::bot_id> bots_{};  ///< Sorted.
    bool has_webhooks_ = true;
};

}  // namespace botapi::sql
