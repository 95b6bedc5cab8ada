#pragma once

#include "adapters/http/protocol/caller.hpp"
#include "adapters/http/protocol/caller_check.hpp"

#include <botcore/domain/api_key.hpp>
#include <botcore/domain/conversation_token.hpp>
#include <botcore/ports/clock.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/key_store.hpp>
#include <botcore/result.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace botapi::http {

/// The result of checking a key or a token.
struct authentication {
    std::shared_ptr<const http::caller> caller{};  ///< Null if the key or token is not valid.

    /// Whether the key or token may be a guess. One that was valid before is none.
    bool is_guess = true;
};

/// Whether a server without keys serves every client or none.
enum class without_keys : std::uint8_t {
    lets_everybody_in,
    lets_nobody_in,  ///< The operator has not allowed clients without keys.
};

/// All API keys and signing keys, in memory, so that checking a caller needs no storage.
///
/// The ring has the keys as of the last `refresh`, which its owner calls several times a second.
/// Until the first `refresh` succeeds, no caller is valid.
///
/// Thread safety: any number of threads may use it at once.
class key_ring final : public caller_check {
public:
    /// Keeps references: both arguments must outlive the ring.
    key_ring(
        botcore::key_store& keys,
        const botcore::clock& clock,
        without_keys rule = without_keys::lets_everybody_in
    ) noexcept
        : store_{keys}, clock_{clock}, rule_{rule}
    {
    }

    /// Reads the keys if they have changed. Writes nothing, so that it never waits for writers.
    /// Blocks.
    ///
    /// Errors: those of `key_store`. The ring then stays as it was.
    botcore::result<> refresh(botcore::deadline until);

    /// Stores which keys were used, each at most once a minute. Blocks.
    ///
    /// Errors: those of `key_store`. The next call stores the uses that this call could not.
    botcore::result<> note_uses(botcore::deadline until);

    /// Whether a `refresh` has succeeded.
    [[nodiscard]] bool is_known() const;

    /// Whether the last `refresh` that succeeded began after `at`.
    [[nodiscard]] bool is_known_since(botcore::deadline at) const override
    {
        return read_at_.load() > at;
    }

    /// Whether the ring is known, and no key was ever made.
    [[nodiscard]] bool is_empty() const;

    /// Whether every client may do everything: no key exists, and none is needed.
    [[nodiscard]] bool is_open() const;

    /// The holder of a key.
    [[nodiscard]] authentication find(const botcore::access_token& token) const;

    /// The holder of a token for a conversation. A token ends when the key that issued it ends. A
    /// token that was issued without a key ends when the first key is made.
    [[nodiscard]] authentication find(std::string_view text) const;

    /// Whether a caller's key or token is still valid.
    [[nodiscard]] bool is_valid(const caller& caller) const;

    /// Whether an accepted client may go on: `caller` is valid, or it is null and no key is needed.
    [[nodiscard]] bool still_admits(const caller* caller) const override
    {
        return caller != nullptr ? is_valid(*caller) : is_open();
    }

    /// A token as text, with its signature. Nothing while there is no signing key.
    [[nodiscard]] std::optional<std::string> sign(const botcore::conversation_token& token) const;

private:
    struct entry {
        std::shared_ptr<const http::caller> holder;
        std::int64_t stored_use = 0;  ///< The last use that is stored, in minutes since 1970.
        mutable std::atomic<std::int64_t> last_use{0};  ///< The last use, in minutes since 1970.
    };
    using entries = std::unordered_map<botcore::key_id, std::unique_ptr<entry>>;

    /// As `is_open`. The caller holds the mutex.
    [[nodiscard]] bool needs_no_key() const;

    botcore::result<> read_keys(std::uint64_t version, botcore::deadline until);

    /// The signing key with a number; null if there is none. The caller holds the mutex.
    [[nodiscard]] const botcore::signing_key* signer_with(std::optional<std::uint32_t> number
    ) const;

    /// Whether what this key signed is still valid. The caller holds the mutex.
    [[nodiscard]] bool is_valid_signer(const botcore::signing_key& signer, botcore::instant now)
        const;

    /// The key that issued a token, if that key is valid, or else null. The caller holds the mutex.
    [[nodiscard]] const entry* issuer_of(
        const botcore::conversation_token& token,
        botcore::instant now
    ) const;

    botcore::key_store& store_;
    const botcore::clock& clock_;
    without_keys rule_;
    mutable std::shared_mutex mutex_;
    std::atomic<botcore::deadline> read_at_{};  ///< The begin of the last successful `refresh`.
    bool is_known_ = false;
    std::uint64_t version_ = 0;
    entries keys_{};
    std::vector<botcore::signing_key> signing_{};
};

}  // namespace botapi::http
