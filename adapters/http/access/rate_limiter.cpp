#include "adapters/http/access/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace botapi::http {

rate_limiter::verdict rate_limiter::take(std::string_view subject, clock::time_point now)
{
    if (!is_on())
        return {};
    const std::lock_guard lock{mutex_};
    auto found = buckets_.find(subject);
    if (found == buckets_.end()) {
        if (buckets_.size() >= subjects_max)
            forget_full_ones(now);
        found = buckets_.emplace(std::string{subject}, bucket{limit_.burst, now}).first;
    }
    auto& one = found->second;
    one = {tokens_of(one, now), now};
    const auto told = verdict_on(one.tokens);
    if (!told.is_allowed)
        return told;
    one.tokens -= 1;
    auto left = verdict_on(one.tokens);
    left.is_allowed = true;
    return left;
}

rate_limiter::verdict rate_limiter::look(std::string_view subject, clock::time_point now)
{
    if (!is_on())
        return {};
    const std::lock_guard lock{mutex_};
    const auto found = buckets_.find(subject);
    return verdict_on(found == buckets_.end() ? limit_.burst : tokens_of(found->second, now));
}

double rate_limiter::tokens_of(const bucket& one, clock::time_point now) const
{
    const std::chrono::duration<double> passed = now - one.at;
    return std::min(limit_.burst, one.tokens + passed.count() * limit_.rate);
}

rate_limiter::verdict rate_limiter::verdict_on(double tokens) const
{
    const double missing = 1 - (tokens - std::floor(tokens));
    return {
        .is_allowed = tokens >= 1,
        .left = static_cast<std::uint64_t>(std::max(0.0, tokens)),
        .reset = std::chrono::seconds{static_cast<std::int64_t>(std::ceil(missing / limit_.rate))}};
}

/// Should all be in use, which takes tens of thousands at once, all are forgotten: memory has an
/// end.
void rate_limiter::forget_full_ones(clock::time_point now)
{
    std::erase_if(buckets_, [&](const auto& one) {
        return tokens_of(one.second, now) >= limit_.burst;
    });
    if (buckets_.size() >= subjects_max)
        buckets_.clear();
}

}  // namespace botapi::http
