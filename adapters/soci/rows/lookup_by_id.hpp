#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/domain/uuid.hpp>

#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace botapi::sql {

/// A lookup by ids: collects the items that were read, and returns them in the order of the ids.
///
/// `Item` has its id in the member `id`.
template <class Item>
class lookup_by_id {
public:
    using id_type = decltype(Item::id);

    /// Keeps a reference to the ids. An id may occur more than once.
    explicit lookup_by_id(std::span<const id_type> requested) : requested_{requested}
    {
        ids_.reserve(requested.size());
        for (const auto& id : requested)
            ids_.push_back(id.value);
    }

    /// The ids, as `session::select_by_ids` takes them.
    [[nodiscard]] const std::vector<botcore::uuid>& ids() const noexcept { return ids_; }

    /// Forgets the items of an earlier attempt.
    void clear() { items_.clear(); }

    void add(Item item)
    {
        const auto id = item.id;
        items_.insert_or_assign(id, std::move(item));
    }

    /// The items in the order of the ids. Nothing for an id without an item.
    [[nodiscard]] std::vector<std::optional<Item>> in_order() const
    {
        std::vector<std::optional<Item>> items;
        items.reserve(requested_.size());
        for (const auto& id : requested_) {
            const auto found = items_.find(id);
            items.push_back(found == items_.end() ? std::nullopt : std::optional{found->second});
        }
        return items;
    }

private:
    std::span<const id_type> requested_;
    std::vector<botcore::uuid> ids_{};
    std::unordered_map<id_type, Item> items_{};
};

}  // namespace botapi::sql
