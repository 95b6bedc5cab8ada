#include "adapters/http/access/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace botapi::http {

rate_limiter::verdict rate_limiter::take(std::string_view subject, clock::time_point now)
{
    if (!is_on())
        return {};
    const std::lock_guard lock{mutex_};
    auto known = buckets_.find(subject);
    if (known == buckets_.end()) {
        if (buckets_.size() >= subjects_max)
            drop_full_buckets(now);
        known = buckets_.emplace(std::string{subject}, bucket{limit_.burst, now}).first;
    }
    auto& filled = known->second;
    filled = {tokens_of(filled, now), now};
    const auto before = verdict_on(filled.tokens);
    if (!before.is_allowed)
        return before;
    filled.tokens -= 1;
    auto after = verdict_on(filled.tokens);
    after.is_allowed = true;
    return after;
}

rate_limiter::verdict rate_limiter::look(std::string_view subject, clock::time_point now)
{
    if (!is_on())
        return {};
    const std::lock_guard lock{mutex_};
    const auto known = buckets_.find(subject);
    return verdict_on(known == buckets_.end() ? limit_.burst : tokens_of(known->second, now));
}

double rate_limiter::tokens_of(const bucket& state, clock::time_point now) const
{
    const std::chrono::duration<double> passed = now - state.at;
    return std::min(limit_.burst, state.tokens + passed.count() * limit_.rate);
}

rate_limiter::verdict rate_limiter::verdict_on(double tokens) const
{
    const double missing = 1 - (tokens - std::floor(tokens));
    return {
        .is_allowed = tokens >= 1,
        .left = static_cast<std::uint64_t>(std::max(0.0, tokens)),
        .reset = std::chrono::seconds{static_cast<std::int64_t>(std::ceil(missing / limit_.rate))}};
}

/// Drops the full buckets, which limit nothing. If that is not enough, with tens of thousands of
/// active subjects, drops all buckets, so that memory is bounded.
void rate_limiter::drop_full_buckets(clock::time_point now)
{
    std::erase_if(buckets_, [&](const auto& subject) {
        return tokens_of(subject.second, now) >= limit_.burst;
    });
    if (buckets_.size() >= subjects_max)
        buckets_.clear();
}

}  // namespace botapi::http
