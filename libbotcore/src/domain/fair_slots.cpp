#include <botcore/domain/fair_slots.hpp>

#include <algorithm>
#include <functional>
#include <tuple>

namespace botcore {

namespace {

/// A webhook that may get another slot. The smallest candidate is served first.
struct candidate {
    std::size_t taken_by_bot = 0;  ///< An outdated value is too small.
    std::size_t busy = 0;
    std::size_t turn = 0;
    std::size_t index = 0;

    friend auto operator<=>(const candidate&, const candidate&) = default;
};

}  // namespace

fair_slots::fair_slots(std::size_t size) noexcept
{
    const auto whole = std::max<std::size_t>(size, 1);
    const auto reserve = (whole + 3) / 4;
    parts_[static_cast<std::size_t>(pace::slow)].size = std::max<std::size_t>(whole / 2, 1);
    parts_[static_cast<std::size_t>(pace::unknown)].size =
        std::max<std::size_t>(whole - reserve, 1);
    parts_[static_cast<std::size_t>(pace::quick)].size = whole;
}

bool fair_slots::admits(bot_id bot, pace speed) const
{
    const auto first = static_cast<std::ptrdiff_t>(speed);
    return std::all_of(parts_.begin() + first, parts_.end(), [&](const part& one) {
        return one.admits(bot);
    });
}

void fair_slots::take(bot_id bot, pace speed)
{
    for (auto index = static_cast<std::size_t>(speed); index < parts_.size(); ++index) {
        ++parts_[index].taken;
        ++parts_[index].by_bot[bot];
    }
}

std::size_t fair_slots::part::taken_by(bot_id bot) const
{
    const auto entry = by_bot.find(bot);
    return entry == by_bot.end() ? 0 : entry->second;
}

bool fair_slots::part::admits(bot_id bot) const
{
    return taken < size && taken_by(bot) < size - taken;
}

std::vector<delivery_share> share_out(
    fair_slots slots,
    std::size_t each_webhook,
    std::uint64_t turn,
    std::span<const due_webhook> all
)
{
    std::vector<candidate> heap;
    heap.reserve(all.size());
    for (std::size_t index = 0; index < all.size(); ++index) {
        const auto& one = all[index];
        const auto rank = (index + turn % all.size()) % all.size();
        if (one.due > 0 && one.busy < each_webhook)
            heap.push_back({slots.taken_by(one.bot), one.busy, rank, index});
    }
    std::ranges::make_heap(heap, std::greater{});

    std::vector<std::size_t> counts(all.size());
    while (!heap.empty() && !slots.is_full()) {
        std::ranges::pop_heap(heap, std::greater{});
        auto& next = heap.back();
        const auto& one = all[next.index];
        const auto taken = slots.taken_by(one.bot);
        if (next.taken_by_bot == taken) {
            auto& count = counts[next.index];
            if (!slots.admits(one.bot, one.speed)) {
                heap.pop_back();
                continue;
            }
            slots.take(one.bot, one.speed);
            ++count;
            ++next.busy;
            if (count == one.due || next.busy == each_webhook) {
                heap.pop_back();
                continue;
            }
        }
        next.taken_by_bot = slots.taken_by(one.bot);
        std::ranges::push_heap(heap, std::greater{});
    }

    std::vector<delivery_share> shares;
    for (std::size_t index = 0; index < all.size(); ++index) {
        if (counts[index] > 0)
            shares.push_back({all[index].webhook, counts[index]});
    }
    return shares;
}

}  // namespace botcore
