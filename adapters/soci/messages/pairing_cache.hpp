#pragma once

#include <botcore/domain/conversation.hpp>
#include <botcore/domain/id.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace botapi::sql {

/// A bot and a client that exchanged messages in a conversation.
using stored_pairing = std::pair<botcore::conversation_id, botcore::pairing>;

/// A cache of stored pairings. An append need not write them again.
///
/// After a repair or a failover the database may lack a cached pairing. The foreign key of messages
/// then fails, and the append is repeated without the cache.
///
/// Size: 512 KiB, for up to 65,536 pairings. A pairing replaces another that has the same slot.
///
/// Thread safety: any number of threads may use it at once.
class pairing_cache {
public:
    /// Whether the pairing is cached. Removes it, so that a failed append need not remove it. A
    /// successful append adds it again.
    bool take(const stored_pairing& pairing) noexcept
    {
        const auto print = fingerprint(pairing);
        auto& slot = slots_[slot_of(print)];
        if (slot.load(std::memory_order_relaxed) != print)
            return false;
        slot.store(0, std::memory_order_relaxed);
        return true;
    }

    void add(const stored_pairing& pairing) noexcept
    {
        const auto print = fingerprint(pairing);
        slots_[slot_of(print)].store(print, std::memory_order_relaxed);
    }

private:
    static constexpr unsigned slot_bits = 16;

    static std::uint64_t fingerprint(const stored_pairing& pairing) noexcept
    {
        constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio.
        const auto& [conversation, ends] = pairing;
        auto print = std::hash<botcore::conversation_id>{}(conversation)*odd;
        print = (print ^ std::hash<botcore::bot_id>{}(ends.bot)) * odd;
        return (print ^ std::hash<botcore::client_id>{}(ends.client)) * odd;
    }

    static std::size_t slot_of(std::uint64_t print) noexcept { return print >> (64 - slot_bits); }

    std::array<std::atomic<std::uint64_t>, std::size_t{1} << slot_bits> slots_{};
};

}  // namespace botapi::sql
