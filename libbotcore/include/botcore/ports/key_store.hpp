#pragma once

#include <botcore/domain/api_key.hpp>
#include <botcore/domain/conversation_token.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace botcore {

/// All API keys and signing keys, and the version of the list.
struct key_list {
    std::uint64_t version = 0;
    std::vector<api_key> keys{};         ///< In the order of their ids, the revoked ones included.
    std::vector<signing_key> signing{};  ///< In the order of their numbers.
};

/// Keeps the keys to the API. They are few: thousands, not millions.
///
/// A successful write is durable, and every call that begins after its answer sees it.
///
/// Errors of every function: `unavailable`, `outcome_unknown` (only where something is written),
/// `storage_full` (likewise), `internal`.
///
/// Thread safety: any number of threads may call at once. Calls block, until `until` at most.
class key_store {
public:
    virtual ~key_store() = default;

    /// Precondition: the id is new.
    virtual result<> add(const api_key& added, deadline until) = 0;

    virtual result<key_list> list(deadline until) = 0;

    /// The version of the list. It grows when a key of either kind is added or revoked, and when
    /// the database may have lost such a change. It is zero before the first key. The call is cheap
    /// enough to be repeated several times a second.
    virtual result<std::uint64_t> version(deadline until) = 0;

    /// Revokes a key. A key that is already revoked stays unchanged.
    ///
    /// Errors: `not_found`.
    virtual result<> revoke(key_id revoked, instant now, deadline until) = 0;

    /// Revokes all keys that were created before `created`. Answers how many this call revoked.
    virtual result<std::size_t> revoke_all(instant created, instant now, deadline until) = 0;

    /// Adds a key that signs tokens. The other keys end at `others_end` at the latest. Keys that
    /// ended before `added` was created are deleted.
    /// `signing_key::ended_already` ends the others at once.
    ///
    /// Errors: `already_exists` if another caller took the number first.
    virtual result<> renew_signing(
        const signing_key& added,
        instant others_end,
        deadline until
    ) = 0;

    /// Records the use of a key. An unknown key is not an error.
    virtual result<> note_use(key_id used, instant now, deadline until) = 0;
};

}  // namespace botcore
