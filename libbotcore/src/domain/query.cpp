#include <botcore/domain/query.hpp>

#include <algorithm>
#include <utility>

namespace botcore {

namespace {

/// FNV-1a, 32 bit, over the parts of a filter. Each optional part begins with a byte that says
/// whether it is set.
class scope_hash {
public:
    template <class Tag>
    scope_hash& add(const std::optional<id<Tag>>& part) noexcept
    {
        absorb(part.has_value() ? 1 : 0);
        if (part) {
            for (const auto byte : part->value.bytes())
                absorb(byte);
        }
        return *this;
    }

    scope_hash& add(const std::optional<instant>& part) noexcept
    {
        absorb(part.has_value() ? 1 : 0);
        const auto count = static_cast<std::uint64_t>(part ? part->time_since_epoch().count() : 0);
        for (unsigned shift = 0; shift < 64; shift += 8)
            absorb(static_cast<std::uint8_t>(count >> shift));
        return *this;
    }

    scope_hash& add(std::uint8_t part) noexcept
    {
        absorb(part);
        return *this;
    }

    [[nodiscard]] std::uint32_t sum() const noexcept { return sum_; }

private:
    void absorb(std::uint8_t byte) noexcept { sum_ = (sum_ ^ byte) * 16777619U; }

    std::uint32_t sum_ = 2166136261U;
};

}  // namespace

bool message_page_builder::take(message found)
{
    size_ += found.content.size();
    found_.push_back(std::move(found));
    if (query_.size_max && size_ >= *query_.size_max)
        limit_ = std::min(limit_, found_.size());
    return found_.size() <= limit_;
}

message_page message_page_builder::page() &&
{
    const auto key_of = [&](const message& one) { return key_in(query_.filter, one); };
    return make_page(std::move(found_), limit_, query_.from, key_of);
}

std::uint32_t scope_of(const message_filter& filter, sort_order order)
{
    const std::uint8_t way = filter.way ? static_cast<std::uint8_t>(*filter.way) : 2;
    return scope_hash{}
        .add('m')
        .add(filter.conversation)
        .add(filter.bot)
        .add(filter.client)
        .add(filter.since)
        .add(filter.until)
        .add(filter.from)
        .add(filter.to)
        .add(way)
        .add(static_cast<std::uint8_t>(order))
        .sum();
}

std::uint32_t scope_of(const conversation_filter& filter)
{
    return scope_hash{}.add('c').add(filter.bot).add(filter.client).sum();
}

}  // namespace botcore
