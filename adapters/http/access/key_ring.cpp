#include "adapters/http/access/key_ring.hpp"

#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

namespace botapi::http {

namespace {

std::int64_t minute_of(botcore::instant at) noexcept
{
    return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count();
}

}  // namespace

botcore::result<> key_ring::refresh(botcore::deadline until)
{
    const auto version = store_.version(until);
    if (!version)
        return version.error();
    bool has_changed = false;
    {
        const std::shared_lock lock{mutex_};
        has_changed = !is_known_ || *version != version_;
    }
    if (has_changed) {
        if (auto read = read_keys(*version, until); !read)
            return read;
    }
    return note_uses(until);
}

botcore::result<> key_ring::read_keys(std::uint64_t version, botcore::deadline until)
{
    auto found = store_.list(until);
    if (!found)
        return found.error();
    entries made;
    for (auto& key : found->keys) {
        const auto noted = key.last_used ? minute_of(*key.last_used) : 0;
        const auto id = key.id;
        auto known = std::make_shared<const botcore::api_key>(std::move(key));
        // Not std::make_unique, which does not initialise aggregates in parentheses with clang 14.
        made.emplace(id, std::unique_ptr<entry>{new entry{std::move(known), noted, {noted}}});
    }

    const std::unique_lock lock{mutex_};
    for (const auto& [id, one] : made) {
        if (const auto before = keys_.find(id); before != keys_.end()) {
            one->used = before->second->used.load();
            one->noted = before->second->noted;
        }
    }
    keys_ = std::move(made);
    // That of before the list was read: what has changed since is read again.
    version_ = version;
    is_known_ = true;
    return {};
}

botcore::result<> key_ring::note_uses(botcore::deadline until)
{
    std::vector<std::pair<botcore::key_id, std::int64_t>> news;
    {
        const std::unique_lock lock{mutex_};
        for (const auto& [id, one] : keys_) {
            const auto used = one->used.load();
            if (std::exchange(one->noted, used) != used)
                news.emplace_back(id, used);
        }
    }
    for (const auto& [id, minute] : news) {
        const botcore::instant at{std::chrono::minutes{minute}};
        if (auto noted = store_.note_use(id, at, until); !noted)
            return noted;
    }
    return {};
}

bool key_ring::is_open() const
{
    const std::shared_lock lock{mutex_};
    return is_known_ && keys_.empty();
}

bool key_ring::holds(const botcore::api_key& key) const
{
    const auto now = clock_.now();
    const std::shared_lock lock{mutex_};
    const auto found = keys_.find(key.id);
    return found != keys_.end() && found->second->key->is_valid_at(now);
}

std::shared_ptr<const botcore::api_key> key_ring::find(const botcore::access_token& shown) const
{
    const auto now = clock_.now();
    const std::shared_lock lock{mutex_};
    const auto found = keys_.find(shown.id);
    // The hash is made in any case: how long it takes tells nothing.
    const auto hash = shown.hash();
    if (found == keys_.end())
        return nullptr;
    const auto& [key, noted, used] = *found->second;
    if (!botcore::is_same(hash, key->hash) || !key->is_valid_at(now))
        return nullptr;
    used = minute_of(now);
    return key;
}

}  // namespace botapi::http
