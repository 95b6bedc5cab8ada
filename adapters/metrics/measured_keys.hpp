#pragma once

#include "adapters/metrics/storage_metrics.hpp"

#include <botcore/ports/key_store.hpp>

#include <cstddef>
#include <cstdint>

namespace botapi::metrics {

/// A key store that measures every call of another one.
class measured_keys final : public botcore::key_store {
public:
    measured_keys(botcore::key_store& store, storage_families families)
        : store_{store},
          add_{families, "keys.add"},
          list_{families, "keys.list"},
          version_{families, "keys.version"},
          revoke_{families, "keys.revoke"},
          renew_signing_{families, "keys.renew_signing"},
          note_use_{families, "keys.note_use"}
    {
    }

    botcore::result<> add(const botcore::api_key& key, botcore::deadline until) override
    {
        return add_.measure([&] { return store_.add(key, until); });
    }

    botcore::result<botcore::key_list> list(botcore::deadline until) override
    {
        return list_.measure([&] { return store_.list(until); });
    }

    botcore::result<std::uint64_t> version(botcore::deadline until) override
    {
        return version_.measure([&] { return store_.version(until); });
    }

    botcore::result<> revoke(botcore::key_id id, botcore::instant now, botcore::deadline until)
        override
    {
        return revoke_.measure([&] { return store_.revoke(id, now, until); });
    }

    botcore::result<std::size_t> revoke_all(
        botcore::instant created,
        botcore::instant now,
        botcore::deadline until
    ) override
    {
        return revoke_.measure([&] { return store_.revoke_all(created, now, until); });
    }

    botcore::result<> renew_signing(
        const botcore::signing_key& key,
        botcore::instant others_end,
        botcore::deadline until
    ) override
    {
        return renew_signing_.measure([&] { return store_.renew_signing(key, others_end, until); });
    }

    botcore::result<> note_use(botcore::key_id id, botcore::instant now, botcore::deadline until)
        override
    {
        return note_use_.measure([&] { return store_.note_use(id, now, until); });
    }

private:
    botcore::key_store& store_;
    operation add_;
    operation list_;
    operation version_;
    operation revoke_;
    operation renew_signing_;
    operation note_use_;
};

}  // namespace botapi::metrics
