#include "adapters/metrics/storage_metrics.hpp"

#include <string_view>

namespace botapi::metrics {

using botcore::errc;

namespace {

struct counted_code {
    errc code;
    std::string_view label;
};

constexpr std::array counted_codes{
    counted_code{errc::overloaded, "overloaded"},
    counted_code{errc::unavailable, "unavailable"},
    counted_code{errc::outcome_unknown, "outcome_unknown"},
    counted_code{errc::storage_full, "storage_full"},
    counted_code{errc::internal, "internal"},
};

}  // namespace

storage_families::storage_families(prometheus::Registry& registry)
    : seconds{prometheus::BuildHistogram()
                  .Name("botapi_storage_duration_seconds")
                  .Help("Duration of storage calls.")
                  .Register(registry)},
      errors{prometheus::BuildCounter()
                 .Name("botapi_storage_errors_total")
                 .Help("Storage calls that failed, by code.")
                 .Register(registry)}
{
}

operation::operation(storage_families families, const std::string& name)
    : seconds_{families.seconds.Add(
          {{"operation", name}},
          prometheus::Histogram::BucketBoundaries{
              0.0005,
              0.001,
              0.0025,
              0.005,
              0.01,
              0.025,
              0.05,
              0.1,
              0.25,
              0.5,
              1,
              2.5,
              5,
              10}
      )}
{
    for (const auto& [code, label] : counted_codes) {
        errors_.emplace_back(families.errors.Add({{"operation", name}, {"code", std::string{label}}}
        ));
    }
}

operation::mask operation::mask_of(errc code) noexcept
{
    for (std::size_t index = 0; index < counted_codes.size(); ++index) {
        if (counted_codes[index].code == code)
            return 1U << index;
    }
    return 0;
}

void operation::record(std::chrono::nanoseconds duration, mask errors)
{
    seconds_.Observe(std::chrono::duration<double>{duration}.count());
    for (std::size_t index = 0; index < errors_.size(); ++index) {
        if ((errors >> index & 1U) != 0)
            errors_[index].get().Increment();
    }
}

}  // namespace botapi::metrics
