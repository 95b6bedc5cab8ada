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

/// Who spoke with whom in a conversation.
using stored_pairing = std::pair<botcore::conversation_id, botcore::pairing>;

/// Pairings that were seen in the database, which an append need not write again.
///
/// It guesses: one may be gone by now, after a repair or a failover. The foreign key of messages
/// finds that out, and the append is then made again without guessing.
///
/// Size: 512 KiB, for up to 65,536 pairings. One pushes out another that has the same place.
///
/// Thread safety: any number of threads may use it at once.
class known_pairings {
public:
    /// Whether it is known. From then on it is not, until it is added again: so whoever guesses and
    /// fails has nothing to take back.
    bool take(const stored_pairing& one) noexcept
    {
        const auto print = fingerprint(one);
        auto& place = prints_[place_of(print)];
        if (place.load(std::memory_order_relaxed) != print)
            return false;
        place.store(0, std::memory_order_relaxed);
        return true;
    }

    void add(const stored_pairing& one) noexcept
    {
        const auto print = fingerprint(one);
        prints_[place_of(print)].store(print, std::memory_order_relaxed);
    }

private:
    static constexpr unsigned place_bits = 16;

    static std::uint64_t fingerprint(const stored_pairing& one) noexcept
    {
        constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio.
        const auto& [conversation, who] = one;
        auto print = std::hash<botcore::conversation_id>{}(conversation)*odd;
        print = (print ^ std::hash<botcore::bot_id>{}(who.bot)) * odd;
        return (print ^ std::hash<botcore::client_id>{}(who.client)) * odd;
    }

    static std::size_t place_of(std::uint64_t print) noexcept { return print >> (64 - place_bits); }

    std::array<std::atomic<std::uint64_t>, std::size_t{1} << place_bits> prints_{};
};

}  // namespace botapi::sql
