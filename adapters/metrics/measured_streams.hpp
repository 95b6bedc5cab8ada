#pragma once

#include "adapters/metrics/storage_metrics.hpp"

#include <botcore/ports/stream_store.hpp>

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace botapi::metrics {

/// A stream store that measures every read of another one.
class measured_streams final : public botcore::stream_store {
public:
    measured_streams(botcore::stream_store& store, storage_families families)
        : store_{store}, read_{families, "streams.read"}
    {
    }

    std::vector<botcore::result<botcore::stream_part>> read(
        std::span<const botcore::stream_query> queries,
        const botcore::read_terms& terms
    ) override
    {
        return read_.measure([&] { return store_.read(queries, terms); });
    }

    [[nodiscard]] std::unique_ptr<botcore::stream_subscription> listen(listener on_growth) override
    {
        return store_.listen(std::move(on_growth));
    }

private:
    botcore::stream_store& store_;
    operation read_;
};

}  // namespace botapi::metrics
