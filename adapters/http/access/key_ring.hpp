#pragma once

#include <botcore/domain/api_key.hpp>
#include <botcore/ports/clock.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/key_store.hpp>
#include <botcore/result.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <unordered_map>

namespace botapi::http {

/// All keys, kept in mind, so that letting a client in asks nobody.
///
/// What it knows is as old as the last `refresh`: whoever has a ring calls that several times a
/// second. Until the first one succeeds, nobody is let in.
///
/// Thread safety: any number of threads may use it at once.
class key_ring {
public:
    /// Keeps references: both arguments must outlive the ring.
    key_ring(botcore::key_store& keys, const botcore::clock& clock) noexcept
        : store_{keys}, clock_{clock}
    {
    }

    /// Looks whether keys have changed, and reads them if so; then tells the store which keys were
    /// used, each once a minute at most. Blocks.
    ///
    /// Errors: those of `key_store`. What was known then stays.
    botcore::result<> refresh(botcore::deadline until);

    /// Whether no key was ever made, so that there is nothing to be let in with.
    [[nodiscard]] bool is_open() const;

    /// The key that the token belongs to, if it is valid now; else nothing.
    [[nodiscard]] std::shared_ptr<const botcore::api_key> find(const botcore::access_token& shown
    ) const;

    /// Whether a key that was found before would still be.
    [[nodiscard]] bool holds(const botcore::api_key& key) const;

private:
    struct entry {
        std::shared_ptr<const botcore::api_key> key;
        std::int64_t noted;                      ///< When the store was last told, in minutes.
        mutable std::atomic<std::int64_t> used;  ///< When it was last used, in minutes.
    };
    using entries = std::unordered_map<botcore::key_id, std::unique_ptr<entry>>;

    botcore::result<> read_keys(std::uint64_t version, botcore::deadline until);
    botcore::result<> note_uses(botcore::deadline until);

    botcore::key_store& store_;
    const botcore::clock& clock_;
    mutable std::shared_mutex mutex_;
    bool is_known_ = false;
    std::uint64_t version_ = 0;
    entries keys_{};
};

}  // namespace botapi::http
