#pragma once

#include <botcore/ports/key_store.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace botcore::memory {

/// The API keys, and the keys that sign tokens.
class memory_keys final : public key_store {
public:
    /// Keeps a reference: the mutex must outlive the keys.
    explicit memory_keys(std::mutex& mutex) noexcept : mutex_{mutex} {}

    result<> add(const api_key& added, deadline until) override;
    result<key_list> list(deadline until) override;
    result<std::uint64_t> version(deadline until) override;
    result<> revoke(key_id revoked, instant now, deadline until) override;
    result<std::size_t> revoke_all(instant created, instant now, deadline until) override;
    result<> renew_signing(const signing_key& added, instant others_end, deadline until) override;
    result<> note_use(key_id used, instant now, deadline until) override;

    /// How many more messages an account may store. The caller holds the mutex.
    [[nodiscard]] std::uint64_t left_of(key_id account) const;

    /// Counts stored messages against the quota of an account. The caller holds the mutex.
    void spend(key_id account, std::uint64_t count) { keys_.at(account).stored += count; }

private:
    std::mutex& mutex_;
    std::uint64_t version_ = 0;
    std::map<key_id, api_key> keys_{};
    std::vector<signing_key> signing_{};
};

}  // namespace botcore::memory
