#pragma once

#include <chrono>
#include <prometheus/labels.h>
#include <prometheus/registry.h>

namespace botapi::metrics {

/// Registers the metrics that do not change while the program runs: `botapi_build_info` and
/// `process_start_time_seconds`. `botapi_build_info` is always 1 and has the labels `build`.
void describe_process(
    prometheus::Registry& registry,
    const prometheus::Labels& build,
    std::chrono::system_clock::time_point started
);

}  // namespace botapi::metrics
