#include <botcore/domain/access.hpp>

#include <algorithm>

namespace botcore {

std::optional<scope> parse_scope(std::string_view name) noexcept
{
    for (const auto& [one, known] : scope_names) {
        if (known == name)
            return one;
    }
    return std::nullopt;
}

std::optional<scope_set> scope_set::from_bits(std::uint64_t bits) noexcept
{
    if (bits >> scope_names.size() != 0)
        return std::nullopt;
    scope_set made;
    made.bits_ = bits;
    return made;
}

visible_bots::visible_bots(std::vector<bot_id> bots) : bots_{std::move(bots)}
{
    std::ranges::sort(bots_);
    // Not std::ranges::unique, because clang-tidy 14 can't parse it.
    bots_.erase(std::unique(bots_.begin(), bots_.end()), bots_.end());
}

bool visible_bots::contains(bot_id bot) const noexcept
{
    return is_all() || std::ranges::binary_search(bots_, bot);
}

content_hash& add_to(content_hash& hash, const visible_bots& visible) noexcept
{
    for (const auto& id : visible.ids())
        hash.add(id.value);
    return hash;
}

}  // namespace botcore
