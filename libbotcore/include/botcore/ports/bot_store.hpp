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

struct registered {
    botcore::bot bot;       ///< As it was when it was registered.
    bool replayed = false;  ///< Whether an earlier request with the same receipt did it.

    friend bool operator==(const registered&, const registered&) = default;
};

struct bot_change {
    bot_id id;
    std::optional<bot_name> name{};  ///< Left out: as it was.
    precondition expected{};
};

struct bot_removal {
    bot_id id;
    precondition expected{};
};

/// Keeps the bots.
///
/// A removed bot leaves a tombstone: its messages stay, nobody finds it, and registering its id
/// revives it. Each item of a batch stands for itself, and later ones see what earlier ones did;
/// answers come in the order of the items. What is answered with success is durable and seen by
/// every call that begins after the answer.
///
/// Errors of every function: `unavailable`, `outcome_unknown` (only where something is written),
/// `storage_full` (likewise), `internal`. The others are listed where they arise.
///
/// Thread safety: any number of threads may call at once. Calls block, until `until` at most.
class bot_store {
public:
    virtual ~bot_store() = default;

    /// Registers bots, or revives removed ones, under their new name.
    ///
    /// Errors: `already_exists`; `key_reused` if the receipt's key is stored with another digest.
    virtual std::vector<result<registered>> add(
        std::span<const bot_registration> added,
        deadline until
    ) = 0;

    /// Absence is an answer, not an error.
    virtual result<std::vector<std::optional<bot>>> find(
        std::span<const bot_id> ids,
        const read_terms& terms
    ) = 0;

    virtual result<bot_page> list(const bot_query& query, const read_terms& terms) = 0;

    /// Errors: `not_found`; `precondition_failed`. A change to what already is gives no new
    /// version.
    virtual std::vector<result<bot>> change(
        std::span<const bot_change> changes,
        deadline until
    ) = 0;

    /// Errors: `not_found`; `precondition_failed`.
    virtual std::vector<result<>> remove(std::span<const bot_removal> removals, deadline until) = 0;
};

}  // namespace botcore
