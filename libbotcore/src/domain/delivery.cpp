#include <botcore/domain/delivery.hpp>
#include <botcore/domain/hexadecimal.hpp>
#include <botcore/domain/idempotency.hpp>

#include <algorithm>
#include <span>

namespace botcore {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view name_prefix = "msg_";

/// 64 bits of a hash of the webhook's id, in hexadecimal. They identify the webhook.
std::string tail_for(webhook_id webhook)
{
    const auto hash = content_hash{}.add("webhook").add(webhook.value).finish();
    return '_' + to_hexadecimal(std::span{hash}.first<8>());
}

}  // namespace

retry_schedule default_retry_schedule()
{
    return {5s, 30s, 2min, 10min, 30min, 1h, 3h, 6h, 12h};
}

std::string delivery_name(webhook_id webhook, message_id message)
{
    std::string name{name_prefix};
    append_hexadecimal(name, message.value.bytes());
    return name + tail_for(webhook);
}

std::optional<message_id> parse_delivery_name(webhook_id webhook, std::string_view name) noexcept
{
    constexpr std::size_t id_digits = 2 * uuid::size;
    if (name.size() < name_prefix.size() + id_digits)
        return std::nullopt;
    uuid::bytes_type bytes{};
    if (!read_hexadecimal(name.substr(name_prefix.size(), id_digits), bytes))
        return std::nullopt;
    const message_id message{uuid{bytes}};
    if (delivery_name(webhook, message) != name)
        return std::nullopt;
    return message;
}

judgement judge(
    const attempt& attempt,
    std::uint64_t tries,
    const retry_schedule& schedule,
    double jitter
) noexcept
{
    constexpr unsigned gone = 410;
    if (attempt.status && *attempt.status >= 200 && *attempt.status < 300)
        return {verdict::delivered};
    if (attempt.status == gone)
        return {verdict::gone};
    if (tries > schedule.size())
        return {verdict::dead};

    constexpr double jitter_part = 0.1;
    const std::chrono::duration<double, std::milli> planned{schedule[tries - 1]};
    auto pause = std::chrono::duration_cast<std::chrono::nanoseconds>(
        planned * (1 + jitter_part * std::clamp(jitter, 0.0, 1.0))
    );
    if (attempt.retry_after) {
        const std::chrono::nanoseconds requested{
            std::min<std::chrono::seconds>(*attempt.retry_after, retry_after_max)};
        pause = std::max(pause, requested);
    }
    return {verdict::retry, pause};
}

std::uint32_t scope_of(const delivery_query& query)
{
    const auto hash = content_hash{}
                          .add("deliveries")
                          .add(query.webhook.value)
                          .add(static_cast<std::uint64_t>(query.state))
                          .finish();
    std::uint32_t scope = 0;
    for (std::size_t at = 0; at < 4; ++at)
        scope = scope << 8U | hash[at];
    return scope;
}

}  // namespace botcore
