#pragma once

#include "adapters/soci/engine/transaction_runner.hpp"

#include <botcore/ports/key_store.hpp>

namespace botapi::sql {

/// The API keys, and the keys that sign tokens.
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
    transaction_runner& runner_;
};

}  // namespace botapi::sql
