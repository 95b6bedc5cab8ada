#pragma once

#include <botcore/domain/api_key.hpp>
#include <botcore/ports/clock.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/id_source.hpp>
#include <botcore/ports/key_store.hpp>
#include <botcore/ports/secret_source.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace botcore {

/// A request for a key as it arrives: unchecked, and empty where a field is missing.
struct key_input {
    std::optional<std::string_view> name{};
    std::vector<std::string_view> scopes{};
    std::vector<std::string_view> bots{};  ///< Empty: all bots.
    std::optional<std::string_view> expires{};
    std::optional<std::int64_t> quota{};
};

/// A valid key that is not stored yet, and the only copy of its secret.
struct new_key {
    api_key key;
    access_token token;
};

/// What administrators can do with keys.
///
/// A function with a deadline blocks until it has an answer or the deadline has passed. Any number
/// of threads may call at once. The errors are those of `key_store`, and those listed at a
/// function.
class key_service {
public:
    /// Keeps references: all arguments must outlive the service.
    key_service(
        key_store& keys,
        const clock& clock,
        id_source& ids,
        secret_source& secrets
    ) noexcept
        : keys_{keys}, clock_{clock}, ids_{ids}, secrets_{secrets}
    {
    }

    /// Checks the input and makes a key from it.
    ///
    /// Errors: `invalid_argument` with a fault for each faulty field.
    result<new_key> prepare(const key_input& input);

    result<> add(const api_key& added, deadline until) { return keys_.add(added, until); }

    /// Keys in the order of their creation.
    result<std::vector<api_key>> list(deadline until);

    /// Errors: `not_found`.
    result<api_key> get(key_id id, deadline until);

    /// Errors: `not_found`.
    result<> revoke(key_id revoked, deadline until)
    {
        return keys_.revoke(revoked, clock_.now(), until);
    }

    /// Revokes all keys created before `created`. Answers how many keys this call revoked.
    result<std::size_t> revoke_all(instant created, deadline until)
    {
        return keys_.revoke_all(created, clock_.now(), until);
    }

    /// Makes the first secret that signs tokens, unless one exists.
    result<> ensure_signing(deadline until);

    /// Makes a new secret that signs tokens. Older tokens stay valid for the longest life of a
    /// token, or become invalid immediately if `at_once` is set.
    ///
    /// Errors: `already_exists` if another caller rotated at the same time.
    result<> rotate_signing(bool at_once, deadline until);

private:
    key_store& keys_;
    const clock& clock_;
    id_source& ids_;
    secret_source& secrets_;
};

}  // namespace botcore
