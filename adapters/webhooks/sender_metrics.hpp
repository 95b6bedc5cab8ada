#pragma once

#include <chrono>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace botapi::webhooks {

/// The sender's metrics.
struct sender_metrics {
    explicit sender_metrics(prometheus::Registry& registry);

    prometheus::Family<prometheus::Counter>& attempts;
    prometheus::Counter& delivered;
    prometheus::Counter& failed;
    prometheus::Counter& dead;
    prometheus::Counter& gone;
    prometheus::Gauge& in_flight;
    prometheus::Histogram& seconds;
};

}  // namespace botapi::webhooks
