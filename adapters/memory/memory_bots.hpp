#pragma once

#include <botcore/ports/bot_store.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace botcore::memory {

/// The bots of a `memory_storage`, which owns the mutex.
class memory_bots final : public bot_store {
public:
    explicit memory_bots(std::mutex& mutex) noexcept : mutex_{mutex} {}

    /// The caller holds the mutex.
    [[nodiscard]] bool is_registered(bot_id id) const { return live_.contains(id); }

    /// Sets the listener. `remove` calls it for each removed bot, with the mutex held.
    void set_on_removal(std::function<void(bot_id)> on_removal)
    {
        on_removal_ = std::move(on_removal);
    }

    std::vector<result<registered_bot>> add(std::span<const bot_registration> added, deadline until)
        override;

    result<std::vector<std::optional<bot>>> find(
        std::span<const bot_id> ids,
        const read_terms& terms
    ) override;

    result<bot_page> list(const bot_query& query, const read_terms& terms) override;

    std::vector<result<bot>> change(std::span<const bot_change> changes, deadline until) override;

    std::vector<result<>> remove(std::span<const bot_removal> removals, deadline until) override;

private:
    /// The answer to the first registration with an idempotency key.
    struct registration_receipt {
        std::uint64_t digest;
        bot answer;
    };

    result<registered_bot> add(const bot_registration& added);
    result<bot> change(const bot_change& change);
    result<> remove(const bot_removal& removal);
    result<bot*> find_as(bot_id id, const precondition& expected);

    std::mutex& mutex_;
    std::map<bot_id, bot> live_;
    std::unordered_map<bot_id, std::uint64_t> tombstones_;  ///< The version of each removed bot.
    std::unordered_map<uuid, registration_receipt> receipts_;
    std::function<void(bot_id)> on_removal_;
};

}  // namespace botcore::memory
