#pragma once

#include "adapters/metrics/storage_metrics.hpp"

#include <botcore/ports/stream_store.hpp>

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace botapi::metrics {

/// The streams of a storage, measured like all of it.
class measured_streams final : public botcore::stream_store {
public:
    measured_streams(botcore::stream_store& measured, storage_families families)
        : measured_{measured}, read_{families, "streams.read"}
    {
    }

    std::vector<botcore::result<botcore::stream_part>> read(
        std::span<const botcore::stream_query> queries,
        const botcore::read_terms& terms
    ) override
    {
        return read_.measure([&] { return measured_.read(queries, terms); });
    }

    [[nodiscard]] std::unique_ptr<botcore::stream_subscription> listen(listener told) override
    {
        return measured_.listen(std::move(told));
    }

private:
    botcore::stream_store& measured_;
    operation read_;
};

}  // namespace botapi::metrics
