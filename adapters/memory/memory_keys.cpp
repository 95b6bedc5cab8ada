#include "adapters/memory/memory_keys.hpp"

#include <algorithm>

namespace botcore::memory {

result<> memory_keys::add(const api_key& added, deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    keys_.emplace(added.id, added);
    ++version_;
    return {};
}

result<key_list> memory_keys::list(deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    key_list list{.version = version_, .signing = signing_};
    for (const auto& [id, key] : keys_)
        list.keys.push_back(key);
    return list;
}

result<std::uint64_t> memory_keys::version(deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    return version_;
}

result<> memory_keys::revoke(key_id revoked, instant now, deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    const auto entry = keys_.find(revoked);
    if (entry == keys_.end())
        return refuse(errc::not_found, "No key has the id " + revoked.text() + ".");
    if (!entry->second.revoked) {
        entry->second.revoked = now;
        ++version_;
    }
    return {};
}

result<std::size_t> memory_keys::revoke_all(instant created, instant now, deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    std::size_t count = 0;
    for (auto& [id, key] : keys_) {
        if (key.revoked || key.created >= created)
            continue;
        key.revoked = now;
        ++count;
    }
    version_ += count == 0 ? 0 : 1;
    return count;
}

result<> memory_keys::renew_signing(
    const signing_key& added,
    instant others_end,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    if (std::ranges::find(signing_, added.number, &signing_key::number) != signing_.end()) {
        return refuse(
            errc::already_exists,
            "Another request renewed the signing key at the same time."
        );
    }
    std::erase_if(signing_, [&](const signing_key& key) {
        return !key.is_valid_at(added.created);
    });
    for (auto& key : signing_)
        key.ends = std::min(key.ends.value_or(instant::max()), others_end);
    signing_.push_back(added);
    ++version_;
    return {};
}

std::uint64_t memory_keys::left_of(key_id account) const
{
    const auto entry = keys_.find(account);
    return entry == keys_.end() ? 0 : entry->second.quota.value_or(0) - entry->second.stored;
}

result<> memory_keys::note_use(key_id used, instant now, deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    if (const auto entry = keys_.find(used); entry != keys_.end())
        entry->second.last_used = now;
    return {};
}

}  // namespace botcore::memory
