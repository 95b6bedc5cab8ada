#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/domain/uuid.hpp>

#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace botapi::sql {

/// The items that a lookup by ids found, back in the order of the ids.
///
/// `Item` has its id in the member `id`.
template <class Item>
class found_by_id {
public:
    using id_type = decltype(Item::id);

    /// Keeps a reference to the ids, of which some may be equal.
    explicit found_by_id(std::span<const id_type> wanted) : wanted_{wanted}
    {
        ids_.reserve(wanted.size());
        for (const auto& id : wanted)
            ids_.push_back(id.value);
    }

    /// The ids, as `session::select_by_ids` takes them.
    [[nodiscard]] const std::vector<botcore::uuid>& ids() const noexcept { return ids_; }

    /// Forgets what an earlier try found.
    void clear() { known_.clear(); }

    void add(Item item)
    {
        const auto id = item.id;
        known_.insert_or_assign(id, std::move(item));
    }

    /// One for each id. Nothing where there is no such item.
    [[nodiscard]] std::vector<std::optional<Item>> in_order() const
    {
        std::vector<std::optional<Item>> items;
        items.reserve(wanted_.size());
        for (const auto& id : wanted_) {
            const auto found = known_.find(id);
            items.push_back(found == known_.end() ? std::nullopt : std::optional{found->second});
        }
        return items;
    }

private:
    std::span<const id_type> wanted_;
    std::vector<botcore::uuid> ids_{};
    std::unordered_map<id_type, Item> known_{};
};

}  // namespace botapi::sql
