#pragma once

#include <botcore/domain/bot.hpp>
#include <botcore/domain/idempotency.hpp>
#include <botcore/domain/precondition.hpp>
#include <botcore/domain/query.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/freshness.hpp>
#include <botcore/result.hpp>

#include <optional>
#include <span>
#include <vector>

namespace botcore {

struct bot_registration {
    bot_id id;
    bot_name name;
    std::optional<botcore::receipt> receipt{};  ///< Set if the request had an idempotency key.
};

struct registered_bot {
    botcore::bot bot;       ///< In its state right after the registration.
    bool replayed = false;  ///< Whether an earlier request with the same receipt registered it.

    friend bool operator==(const registered_bot&, const registered_bot&) = default;
};

struct bot_change {
    bot_id id;
    std::optional<bot_name> name{};  ///< Nothing: unchanged.
    precondition expected{};
};

struct bot_removal {
    bot_id id;
    precondition expected{};
};

/// Keeps the bots.
///
/// A removed bot leaves a tombstone: its messages stay, no call finds it, and registering its id
/// revives it. The items of a batch succeed or fail independently, and each sees the effects of the
/// ones before it. Answers come in the order of the items. A successful write is durable, and every
/// call that begins after its answer sees it.
///
/// Errors of every function: `unavailable`, `outcome_unknown` (only where something is written),
/// `storage_full` (likewise), `internal`. Other errors are listed at each function.
///
/// Thread safety: any number of threads may call at once. Calls block, until `until` at most.
class bot_store {
public:
    virtual ~bot_store() = default;

    /// Registers bots. A removed bot is revived under its new name.
    ///
    /// Errors: `already_exists`; `key_reused` if the receipt's key is stored with another digest.
    virtual std::vector<result<registered_bot>> add(
        std::span<const bot_registration> added,
        deadline until
    ) = 0;

    /// Absence is an answer, not an error.
    virtual result<std::vector<std::optional<bot>>> find(
        std::span<const bot_id> ids,
        const read_terms& terms
    ) = 0;

    virtual result<bot_page> list(const bot_query& query, const read_terms& terms) = 0;

    /// Errors: `not_found`; `precondition_failed`. A change that changes nothing
    /// keeps the version.
    virtual std::vector<result<bot>> change(
        std::span<const bot_change> changes,
        deadline until
    ) = 0;

    /// Errors: `not_found`; `precondition_failed`.
    virtual std::vector<result<>> remove(std::span<const bot_removal> removals, deadline until) = 0;
};

}  // namespace botcore
