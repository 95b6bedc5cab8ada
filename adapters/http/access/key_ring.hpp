#pragma once

#include "adapters/http/protocol/caller.hpp"

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

/// What became of what somebody showed to be let in.
struct admittance {
    std::shared_ptr<const http::caller> caller{};  ///< Nothing: nobody is let in.

    /// Whether it may have been guessed. What was right once and has ended was not.
    bool is_guess = true;
};

/// What a server without any key does.
enum class without_keys : std::uint8_t {
    lets_everybody_in,
    lets_nobody_in,  ///< The operator did not say that others may reach it without a key.
};

/// All keys, and what tokens are signed with, kept in mind, so that letting a client in asks
/// nobody.
///
/// What it knows is as old as the last `refresh`: whoever has a ring calls that several times a
/// second. Until the first one succeeds, nobody is let in.
///
/// Thread safety: any number of threads may use it at once.
class key_ring {
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

    /// Looks whether keys have changed, and reads them if so. Writes nothing, so that it never
    /// waits for those who write. Blocks.
    ///
    /// Errors: those of `key_store`. What was known then stays.
    botcore::result<> refresh(botcore::deadline until);

    /// Tells the store which keys were used, each once a minute at most. Blocks.
    ///
    /// Errors: those of `key_store`. What it was not told then, it is told the next time.
    botcore::result<> note_uses(botcore::deadline until);

    /// Whether a `refresh` has succeeded.
    [[nodiscard]] bool is_known() const;

    /// Whether it is known that no key was ever made, so that there is nothing to be let in with.
    [[nodiscard]] bool is_empty() const;

    /// Whether everybody is let in: there is no key, and none is needed.
    [[nodiscard]] bool is_open() const;

    /// Who shows a key.
    [[nodiscard]] admittance find(const botcore::access_token& shown) const;

    /// Who shows a token for a conversation. It ends with the key that it was issued with; one that
    /// was issued without a key, with the first key.
    [[nodiscard]] admittance find(std::string_view conversation_token) const;

    /// Whether who was let in would still be: for what goes on for longer than a request.
    [[nodiscard]] bool is_valid(const caller& known) const;

    /// A token as it is shown. Nothing until there is something to sign it with.
    [[nodiscard]] std::optional<std::string> sign(const botcore::conversation_token& made) const;

private:
    struct entry {
        std::shared_ptr<const http::caller> holder;
        std::int64_t noted = 0;                     ///< When the store was last told, in minutes.
        mutable std::atomic<std::int64_t> used{0};  ///< When it was last used, in minutes.
    };
    using entries = std::unordered_map<botcore::key_id, std::unique_ptr<entry>>;

    /// As `is_open`. The caller holds the mutex.
    [[nodiscard]] bool needs_no_key() const;

    botcore::result<> read_keys(std::uint64_t version, botcore::deadline until);

    /// The key that a token was issued with, if it is valid. The caller holds the mutex.
    [[nodiscard]] const entry* issuer_of(
        const botcore::conversation_token& token,
        botcore::instant now
    ) const;

    botcore::key_store& store_;
    const botcore::clock& clock_;
    without_keys rule_;
    mutable std::shared_mutex mutex_;
    bool is_known_ = false;
    std::uint64_t version_ = 0;
    entries keys_{};
    std::vector<botcore::signing_key> signing_{};
};

}  // namespace botapi::http
