#include "adapters/metrics/process_metrics.hpp"

#include <prometheus/gauge.h>

namespace botapi::metrics {

void describe_process(
    prometheus::Registry& registry,
    const prometheus::Labels& build,
    std::chrono::system_clock::time_point started
)
{
    prometheus::BuildGauge()
        .Name("botapi_build_info")
        .Help("Always 1. The labels describe the build.")
        .Register(registry)
        .Add(build)
        .Set(1);
    prometheus::BuildGauge()
        .Name("process_start_time_seconds")
        .Help("When the program started, in seconds since 1970.")
        .Register(registry)
        .Add({})
        .Set(std::chrono::duration<double>{started.time_since_epoch()}.count());
}

}  // namespace botapi::metrics
