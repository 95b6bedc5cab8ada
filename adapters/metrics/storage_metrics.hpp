#pragma once

#include <botcore/error.hpp>
#include <botcore/result.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <string>
#include <utility>
#include <vector>

namespace botapi::metrics {

/// The metrics of a storage: `botapi_storage_duration_seconds` and `botapi_storage_errors_total`.
struct storage_families {
    explicit storage_families(prometheus::Registry& registry);

    prometheus::Family<prometheus::Histogram>& seconds;
    prometheus::Family<prometheus::Counter>& errors;
};

/// Measures the calls of one operation of a storage.
///
/// It counts only errors of the storage, not refusals such as `not_found`. A call counts once for
/// each code in its answer, even if several items have that code. So the numbers of errors and of
/// calls can be compared.
///
/// Thread safety: any number of threads may call at once.
class operation {
public:
    operation(storage_families families, const std::string& name);

    /// Calls `work` and returns its answer. An exception counts as `internal`, and the function
    /// rethrows it.
    template <class Work>
    auto measure(Work&& work)
    {
        const auto start = std::chrono::steady_clock::now();
        try {
            auto answer = std::forward<Work>(work)();
            const auto duration = std::chrono::steady_clock::now() - start;
            record(duration, errors_in(answer));
            return answer;
        } catch (...) {
            record(std::chrono::steady_clock::now() - start, mask_of(botcore::errc::internal));
            throw;
        }
    }

private:
    /// A bit for each counted code.
    using mask = unsigned;

    static mask mask_of(botcore::errc code) noexcept;

    template <class T>
    static mask errors_in(const botcore::result<T>& answer)
    {
        return answer ? 0 : mask_of(answer.error().code);
    }

    template <class T>
    static mask errors_in(const std::vector<botcore::result<T>>& answers)
    {
        mask all = 0;
        for (const auto& answer : answers)
            all |= errors_in(answer);
        return all;
    }

    void record(std::chrono::nanoseconds duration, mask errors);

    prometheus::Histogram& seconds_;
    std::vector<std::reference_wrapper<prometheus::Counter>>
        errors_;  ///< In the order of `mask`'s bits.
};

}  // namespace botapi::metrics
