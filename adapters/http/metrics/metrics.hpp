#pragma once

#include "adapters/http/metrics/coalescer_observer.hpp"
#include "adapters/http/metrics/gate_observer.hpp"
#include "adapters/http/metrics/hub_observer.hpp"
#include "adapters/http/metrics/page_cache_observer.hpp"
#include "adapters/http/metrics/stream_observer.hpp"

#include <botcore/ports/consistency.hpp>

#include <boost/beast/http/verb.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace botapi::http {

/// The limits that end a connection, or a request before it is read.
enum class limit_kind : std::uint8_t {
    connections,
    client_connections,
    idle_time,
    header_time,
    body_time,
    write_time,
    pipeline,
};

inline constexpr std::size_t limit_kinds = 7;

/// The label of the metric, which is also the name of the setting.
std::string_view name_of(limit_kind limit) noexcept;

/// The metrics of the HTTP adapter. Thread safety: any number of threads at once.
class metrics {
public:
    explicit metrics(std::shared_ptr<prometheus::Registry> registry);

    /// Counts an answer. `route` is the pattern of the route, a constant; it is empty if no route
    /// matched. `duration` is nothing if it depends on the client rather than on the server.
    void answered(
        std::string_view route,
        boost::beast::http::verb method,
        unsigned status,
        std::optional<std::chrono::nanoseconds> duration
    );

    void connection_opened();
    void connection_closed();
    void connection_refused() { refused_.Increment(); }
    void handshake_failed() { handshake_failures_.Increment(); }
    void client_left() { left_.Increment(); }
    void limit_reached(limit_kind limit)
    {
        limits_reached_.at(static_cast<std::size_t>(limit))->Increment();
    }

    /// Counters for the coalescer of this name.
    coalescer_observer observer_for(const std::string& name);

    http::page_cache_observer page_cache_observer();
    http::hub_observer hub_observer();
    http::gate_observer gate_observer();
    http::stream_observer stream_observer();

    /// Sets the metrics of the storage's copies, which are its read replicas.
    void describe_copies(const std::vector<botcore::copy_status>& copies);

    /// Everything in the registry, in Prometheus' text format (version 0.0.4).
    [[nodiscard]] std::string text() const;

private:
    struct series {
        prometheus::Counter& count;
        prometheus::Histogram& seconds;
    };

    prometheus::Counter& counter(const char* name, const char* help);
    prometheus::Gauge& gauge(const char* name, const char* help);
    series& series_for(std::string_view route, boost::beast::http::verb method, unsigned status);

    std::shared_ptr<prometheus::Registry>
        registry_;  ///< Shared with everything that registers metrics.
    prometheus::Family<prometheus::Counter>& requests_;
    prometheus::Family<prometheus::Histogram>& seconds_;
    prometheus::Gauge& open_;
    prometheus::Counter& accepted_;
    prometheus::Counter& refused_;
    prometheus::Counter& handshake_failures_;
    prometheus::Counter& left_;
    std::array<prometheus::Counter*, limit_kinds> limits_reached_{};
    prometheus::Family<prometheus::Gauge>& queued_;
    prometheus::Family<prometheus::Histogram>& batch_sizes_;
    prometheus::Family<prometheus::Histogram>& queue_waits_;

    /// The route's pattern, the method's label and the status. Pattern and label are constants.
    using labels = std::tuple<std::string_view, std::string_view, unsigned>;

    std::shared_mutex mutex_;
    std::map<labels, series> by_labels_;
};

}  // namespace botapi::http
