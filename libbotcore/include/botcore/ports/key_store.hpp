#pragma once

#include <botcore/domain/api_key.hpp>
#include <botcore/domain/conversation_token.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace botcore {

/// All keys, what tokens are signed with, and the number of the last change to them.
struct key_list {
    std::uint64_t version = 0;
    std::vector<api_key> keys{};         ///< In the order of their ids, the revoked ones included.
    std::vector<signing_key> signing{};  ///< In the order of their numbers.
};

/// Keeps the keys to the API. They are few: thousands, not millions.
///
/// What is answered with success is durable and seen by every call that begins after the answer.
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

    /// Grows with every key that is added or revoked, of either kind; zero before the first. Cheap,
    /// to be asked several times a second.
    virtual result<std::uint64_t> version(deadline until) = 0;

    /// Revokes a key. One that is revoked stays as it is.
    ///
    /// Errors: `not_found`.
    virtual result<> revoke(key_id revoked, instant now, deadline until) = 0;

    /// Revokes all keys that were created before `created`. Answers how many were not before.
    virtual result<std::size_t> revoke_all(instant created, instant now, deadline until) = 0;

    /// Adds a key to sign tokens with. The others end at `others_end`, if not before, and those
    /// that ended before `added` was made are gone.
    ///
    /// Errors: `already_exists` if the number is taken: somebody else was quicker.
    virtual result<> renew_signing(
        const signing_key& added,
        instant others_end,
        deadline until
    ) = 0;

    /// Notes that a key was used. One that is not there is no error.
    virtual result<> note_use(key_id used, instant now, deadline until) = 0;
};

}  // namespace botcore
