#pragma once

#include <botcore/ports/key_store.hpp>

#include <map>
#include <mutex>

namespace botcore::memory {

/// The keys to the API.
class memory_keys final : public key_store {
public:
    /// Keeps a reference.
    explicit memory_keys(std::mutex& mutex) noexcept : mutex_{mutex} {}

    result<> add(const api_key& added, deadline until) override;
    result<key_list> list(deadline until) override;
    result<std::uint64_t> version(deadline until) override;
    result<> revoke(key_id revoked, instant now, deadline until) override;
    result<std::size_t> revoke_all(instant created, instant now, deadline until) override;
    result<> note_use(key_id used, instant now, deadline until) override;

private:
    std::mutex& mutex_;
    std::uint64_t version_ = 0;
    std::map<key_id, api_key> keys_{};
};

}  // namespace botcore::memory
