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

/// Which of some ends are bots, and the version of the registry that says so.
struct known_bots {
    std::unordered_set<botcore::bot_id> registered{};
    bool has_webhooks = true;  ///< Whether any bot may have one that is enabled.
    std::int64_t version = 0;
};

/// The registered bots, kept in mind, so that an append need not ask for the ends of its messages,
/// nor for webhooks where there are none.
/// Whatever is done on the ground of it has to make sure, in its transaction, that the registry's
/// version is still the same: see `write_rows`.
///
/// What was learned on a session holds for that and older ones. A session that was connected later
/// may lead to another server, after a failover that lost changes: then all is learned anew.
///
/// Size: 16 bytes a bot.
///
/// Thread safety: any number of threads may use it at once.
class bot_registry {
public:
    /// What is known of the submissions' ends, from memory. Nothing, if nothing is known that holds
    /// on this session.
    std::optional<known_bots> recall(
        const session& on,
        std::span<const botcore::submission> submissions
    ) const;

    /// The same, as it is in the database. Within a transaction that holds `bots_stay` or
    /// `bots_change`.
    known_bots learn(session& on, std::span<const botcore::submission> submissions);

    /// Counts a change, so that all learn of it: of a bot, or of a webhook that may be the first or
    /// the last one enabled. Within a transaction that holds the `bots_change` lock.
    static void count_change(session& on);

private:
    struct changes {
        std::vector<botcore::bot_id> came{};  ///< In order, and may have been there before.
        std::vector<botcore::bot_id> gone{};  ///< In order, and may not have been there.
        bool has_webhooks = true;             ///< By now.
    };

    static changes changes_since(session& on, std::int64_t version);
    void apply(const changes& found);
    [[nodiscard]] known_bots select(std::span<const botcore::submission> submissions) const;

    mutable std::mutex mutex_;
    std::uint64_t session_ = 0;            ///< The newest session on which it was learned.
    std::int64_t version_ = 0;             ///< Of what is known; 0 is before everything.
    std::vector<botcore::bot_id> bots_{};  ///< In order.
    bool has_webhooks_ = true;
};

}  // namespace botapi::sql
