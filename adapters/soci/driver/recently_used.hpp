#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::sql {

/// A bounded map from texts to values: a cache that evicts the least recently used value.
///
/// Complexity: logarithmic; linear for an eviction. Thread safety: none.
template <class Value>
class recently_used {
public:
    explicit recently_used(std::size_t size_max) noexcept : size_max_{size_max} {}

    /// The value of the key, or null. The value counts as used now.
    Value* find(std::string_view key)
    {
        const auto found = entries_.find(key);
        if (found == entries_.end())
            return nullptr;
        found->second.last_use = ++uses_;
        return &found->second.value;
    }

    /// Adds a value under a new key.
    Value& add(std::string key, Value value)
    {
        return entries_.emplace(std::move(key), entry{std::move(value), ++uses_})
            .first->second.value;
    }

    void remove(std::string_view key)
    {
        if (const auto found = entries_.find(key); found != entries_.end())
            entries_.erase(found);
    }

    [[nodiscard]] bool is_full() const noexcept { return entries_.size() >= size_max_; }

    /// Evicts a value if the map is full, and returns it. Call it before `add`. Nothing if there is
    /// room.
    std::optional<Value> make_room()
    {
        if (!is_full())
            return std::nullopt;
        const auto oldest = std::ranges::min_element(entries_, {}, [](const auto& one) {
            return one.second.last_use;
        });
        std::optional<Value> removed{std::move(oldest->second.value)};
        entries_.erase(oldest);
        return removed;
    }

    template <class Each>
    void for_each(Each each)
    {
        for (auto& [key, kept] : entries_)
            each(kept.value);
    }

private:
    struct entry {
        Value value;
        std::uint64_t last_use;
    };

    std::size_t size_max_;
    std::uint64_t uses_ = 0;
    std::map<std::string, entry, std::less<>> entries_;
};

}  // namespace botapi::sql
