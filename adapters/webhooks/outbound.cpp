#include "adapters/webhooks/outbound.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <utility>

namespace botapi::webhooks {

namespace {

using std::chrono::seconds;

std::optional<std::string_view> find(const header_fields& headers, std::string_view name)
{
    const auto found = std::ranges::find_if(headers, [&](const auto& field) {
        return boost::beast::iequals(field.first, {name.data(), name.size()});
    });
    return found == headers.end() ? std::nullopt : std::optional<std::string_view>{found->second};
}

/// Replaces bytes that are not UTF-8, such as a character that was cut in half, by `?`.
std::string as_utf8(std::string_view bytes)
{
    std::string text;
    while (!bytes.empty()) {
        const auto first = static_cast<unsigned char>(bytes.front());
        const std::size_t size = first < 0x80   ? 1
                                 : first < 0xc2 ? 0
                                 : first < 0xe0 ? 2
                                 : first < 0xf0 ? 3
                                 : first < 0xf5 ? 4
                                                : 0;
        auto sequence = bytes.substr(0, std::max<std::size_t>(size, 1));
        const auto is_inner = [](char byte) {
            return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
        };
        bool is_valid = size != 0 && sequence.size() == size &&
                        std::ranges::all_of(sequence.substr(1), is_inner);
        if (is_valid && size > 2) {
            // Overlong, a surrogate, or past the last code point (RFC 3629 section 4).
            const auto second = static_cast<unsigned char>(sequence[1]);
            is_valid = !(first == 0xe0 && second < 0xa0) && !(first == 0xed && second > 0x9f) &&
                       !(first == 0xf0 && second < 0x90) && !(first == 0xf4 && second > 0x8f);
        }
        if (is_valid) {
            text += sequence;
        } else {
            text += '?';
            sequence = bytes.substr(0, 1);
        }
        bytes.remove_prefix(sequence.size());
    }
    return text;
}

}  // namespace

exchange_request request_for(
    const botcore::webhook& webhook,
    std::string id,
    std::string body,
    std::uint64_t attempt_number,
    botcore::instant now
)
{
    const auto sent_at = std::chrono::floor<seconds>(now).time_since_epoch().count();
    auto signature = botcore::signatures_for(webhook.secrets, id, sent_at, body);
    exchange_request request{
        .bot = webhook.bot,
        .to = webhook.url,
        .headers =
            {{"Content-Type", "application/json"},
             {"webhook-id", std::move(id)},
             {"webhook-timestamp", std::to_string(sent_at)},
             {"webhook-attempt", std::to_string(attempt_number)},
             {"webhook-signature", std::move(signature)}},
        .body = std::move(body)};
    for (const auto& header : webhook.headers)
        request.headers.emplace_back(header.name(), header.value());
    return request;
}

botcore::attempt attempt_from(const exchange_answer& answer, botcore::instant now)
{
    botcore::attempt attempt{.ended = now, .status = answer.status, .failure = answer.failure};
    if (const auto text = find(answer.headers, "Retry-After"))
        attempt.retry_after = parse_retry_after(*text, now);
    return attempt;
}

botcore::webhook_trial trial_from(exchange_answer answer)
{
    constexpr std::array shown_headers{
        "Content-Type",
        "Content-Length",
        "Location",
        "Retry-After",
        "Server"};
    botcore::webhook_trial trial{
        .status = answer.status,
        .failure = std::move(answer.failure),
        .body = as_utf8(answer.body),
        .duration = answer.duration};
    for (const auto* const name : shown_headers) {
        if (const auto value = find(answer.headers, name))
            trial.headers.emplace_back(name, as_utf8(*value));
    }
    return trial;
}

std::optional<seconds> parse_retry_after(std::string_view text, botcore::instant now)
{
    std::uint32_t count = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    if (error == std::errc{} && rest == end)
        return seconds{count};
    if (error == std::errc::result_out_of_range && rest == end)
        return seconds::max();

    std::tm date{};
    std::istringstream in{std::string{text}};
    in.imbue(std::locale::classic());
    in >> std::get_time(&date, "%a, %d %b %Y %H:%M:%S GMT");
    if (in.fail())
        return std::nullopt;
    const std::chrono::year_month_day day{
        std::chrono::year{date.tm_year + 1'900},
        std::chrono::month{static_cast<unsigned>(date.tm_mon + 1)},
        std::chrono::day{static_cast<unsigned>(date.tm_mday)}};
    const auto at = std::chrono::sys_days{day} + std::chrono::hours{date.tm_hour} +
                    std::chrono::minutes{date.tm_min} + seconds{date.tm_sec};
    // In seconds, because a count of nanoseconds overflows in distant years.
    const auto left = at - std::chrono::floor<seconds>(now);
    return left > seconds{0} ? std::optional{left} : std::nullopt;
}

}  // namespace botapi::webhooks
