#pragma once

#include "adapters/soci/engine/transaction_runner.hpp"

#include <botcore/ports/key_store.hpp>

#include <cstdint>
#include <mutex>

namespace botapi::sql {

/// The API keys, and the keys that sign tokens.
///
/// A failover may lose a revocation. The database then gives the number of that change to another
/// one. So the version does more than count changes: it also grows when it is read on a session
/// that is newer than all sessions before. For the same reason, `stream_horizon` and `bot_registry`
/// forget what they read on older sessions.
class sql_keys final : public botcore::key_store {
public:
    /// Keeps a reference.
    explicit sql_keys(transaction_runner& runner) noexcept : runner_{runner} {}

    botcore::result<> add(const botcore::api_key& added, botcore::deadline until) override;
    botcore::result<botcore::key_list> list(botcore::deadline until) override;
    botcore::result<std::uint64_t> version(botcore::deadline until) override;

    botcore::result<> revoke(botcore::key_id revoked, botcore::instant now, botcore::deadline until)
        override;

    botcore::result<std::size_t> revoke_all(
        botcore::instant created,
        botcore::instant now,
        botcore::deadline until
    ) override;

    botcore::result<> renew_signing(
        const botcore::signing_key& added,
        botcore::instant others_end,
        botcore::deadline until
    ) override;

    botcore::result<> note_use(botcore::key_id used, botcore::instant now, botcore::deadline until)
        override;

private:
    std::uint64_t version_on(session& db);
    void note_list_on(const session& db);

    transaction_runner& runner_;
    std::mutex mutex_;
    std::uint64_t newest_session_ = 0;  ///< The newest one on which a version was read.
    std::uint64_t epoch_ = 0;           ///< Grows when a list may be outdated.
};

}  // namespace botapi::sql
