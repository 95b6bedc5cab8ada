#pragma once

#include "adapters/http/options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace botapi::http {

/// Limits how often something happens for each of many subjects, such as keys or addresses. Each
/// subject has a token bucket.
///
/// Size: at most `subjects_max` buckets. A bucket that is full again can be dropped.
///
/// Thread safety: any number of threads at once.
class rate_limiter {
public:
    using clock = std::chrono::steady_clock;

    static constexpr std::size_t subjects_max = 65'536;

    struct verdict {
        bool is_allowed = true;
        std::uint64_t left = 0;         ///< How many more events are allowed now.
        std::chrono::seconds reset{0};  ///< The time until one more is allowed.
    };

    explicit rate_limiter(rate_limit limit) noexcept : limit_{limit} {}

    [[nodiscard]] bool is_on() const noexcept { return limit_.rate > 0; }
    [[nodiscard]] const rate_limit& limit() const noexcept { return limit_; }

    /// Counts one event, if it is allowed.
    verdict take(std::string_view subject, clock::time_point now = clock::now());

    /// Whether one more event would be allowed.
    verdict look(std::string_view subject, clock::time_point now = clock::now());

private:
    struct bucket {
        double tokens;
        clock::time_point at;
    };
    struct text_hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    double tokens_of(const bucket& state, clock::time_point now) const;
    [[nodiscard]] verdict verdict_on(double tokens) const;
    void drop_full_buckets(clock::time_point now);

    rate_limit limit_;
    std::mutex mutex_;
    std::unordered_map<std::string, bucket, text_hash, std::equal_to<>> buckets_;
};

}  // namespace botapi::http
