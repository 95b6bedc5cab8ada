#include "apps/server/webhook_settings.hpp"

#include "apps/server/setting_kinds.hpp"

namespace botapi::app {

namespace {

constexpr std::string_view webhooks = "Webhooks";

setting allowed_ranges()
{
    const auto take = [](settings& into, const std::string& text) -> reason {
        const auto range = botapi::webhooks::address_range::parse(text);
        if (!range)
            return in_quotes(text) +
                   " is not a range of addresses, such as 10.0.0.0/8 or fd00::/8.";
        into.webhooks.allowed_ranges.push_back(*range);
        return std::nullopt;
    };
    const auto show = [](const settings& from) {
        std::vector<std::string> texts;
        for (const auto& range : from.webhooks.allowed_ranges)
            texts.push_back(range.first.to_string() + '/' + std::to_string(range.bits));
        return texts;
    };
    return {
        .name = "webhook-allow-range",
        .placeholder = "RANGE",
        .group = webhooks,
        .meaning = "a range of private addresses to allow; may be repeated",
        .fallback = "none",
        .take = take,
        .show = show,
        .clear = [](settings& into) { into.webhooks.allowed_ranges.clear(); }};
}

setting retry_pauses()
{
    const auto take = [](settings& into, const std::string& text) -> reason {
        constexpr std::size_t count_max = 20;
        const auto pause = parse_duration(text);
        if (!pause || *pause < std::chrono::milliseconds{1} || *pause > std::chrono::hours{24})
            return in_quotes(text) + " is not a time from 1ms to 24h, written as 500ms, 10s or 5m.";
        if (into.webhooks.retries.size() >= count_max)
            return "There are more than 20 pauses.";
        into.webhooks.retries.push_back(*pause);
        return std::nullopt;
    };
    const auto show = [](const settings& from) {
        std::vector<std::string> texts;
        for (const auto pause : from.webhooks.retries)
            texts.push_back(duration_text(pause));
        return texts;
    };
    return {
        .name = "webhook-retry",
        .placeholder = "TIME",
        .group = webhooks,
        .meaning = "the pause before the next attempt; repeated for each further attempt",
        .fallback = "5s,30s,2m,10m,30m,1h,3h,6h,12h",
        .take = take,
        .show = show,
        .clear = [](settings& into) { into.webhooks.retries.clear(); }};
}

}  // namespace

std::vector<setting> webhook_settings()
{
    return {
        allowed_ranges(),
        switch_of(
            {"webhook-allow-http", webhooks, "allow http URLs too, whose traffic others can read"},
            [](settings& s) -> bool& { return s.webhook_rules.allows_http; }
        ),
        file_of(
            {"webhook-ca-file", webhooks, "certificates in PEM to trust beside the system's"},
            [](settings & s) -> auto& { return s.webhooks.ca_file; }
        ),
        time_of(
            {"webhook-timeout", webhooks, "longest time of one attempt"},
            [](settings & s) -> auto& { return s.webhooks.timeout; }
        ),
        time_of(
            {"webhook-grace", webhooks, "longest time after that, until another server tries"},
            [](settings & s) -> auto& { return s.webhooks.grace; }
        ),
        retry_pauses(),
        number_of(
            {"max-webhook-requests", webhooks, "requests to webhooks at once"},
            {1, 10'000},
            [](settings & s) -> auto& { return s.webhooks.in_flight_max; }
        ),
        number_of(
            {"max-webhook-requests-each", webhooks, "requests to one webhook at once"},
            {1, 10'000},
            [](settings & s) -> auto& { return s.webhooks.each_webhook_max; }
        ),
    };
}

}  // namespace botapi::app
