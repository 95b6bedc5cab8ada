#pragma once

#include <botcore/domain/stream.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/stream_store.hpp>
#include <botcore/result.hpp>

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace botcore {

/// What callers can do with streams.
///
/// All functions may be called from any number of threads at once.
class stream_service {
public:
    /// Keeps a reference: the store must outlive the service.
    explicit stream_service(stream_store& streams) noexcept : streams_{streams} {}

    /// As `stream_store::read`. The stream of a bot that the caller may not see is empty.
    std::vector<result<stream_part>> read(
        std::span<const stream_query> queries,
        const read_terms& terms
    );

    /// As `stream_store::listen`.
    [[nodiscard]] std::unique_ptr<stream_subscription> listen(stream_store::listener on_change)
    {
        return streams_.listen(std::move(on_change));
    }

private:
    stream_store& streams_;
};

}  // namespace botcore
