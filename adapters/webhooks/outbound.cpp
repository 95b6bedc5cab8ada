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

/// Bytes that are no UTF-8, such as the half of a character at the cut, become question marks.
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
        auto one = bytes.substr(0, std::max<std::size_t>(size, 1));
        const auto is_inner = [](char byte) {
            return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
        };
        bool is_good = size != 0 && one.size() == size &&
                       std::ranges::all_of(one.substr(1), is_inner);
        if (is_good && size > 2) {
            // Longer than needed, surrogates, and past the last code point (RFC 3629 section 4).
            const auto second = static_cast<unsigned char>(one[1]);
            is_good = !(first == 0xe0 && second < 0xa0) && !(first == 0xed && second > 0x9f) &&
                      !(first == 0xf0 && second < 0x90) && !(first == 0xf4 && second > 0x8f);
        }
        if (is_good) {
            text += one;
        } else {
            text += '?';
            one = bytes.substr(0, 1);
        }
        bytes.remove_prefix(one.size());
    }
    return text;
}

}  // namespace

exchange_request request_for(
    const botcore::webhook& to,
    std::string id,
    std::string body,
    botcore::instant now
)
{
    const auto sent_at = std::chrono::floor<seconds>(now).time_since_epoch().count();
    auto signature = botcore::signatures_for(to.secrets, id, sent_at, body);
    return {
        .to = to.url,
        .headers =
            {{"Content-Type", "application/json"},
             {"webhook-id", std::move(id)},
             {"webhook-timestamp", std::to_string(sent_at)},
             {"webhook-signature", std::move(signature)}},
        .body = std::move(body)};
}

botcore::attempt attempt_from(const exchange_answer& told, botcore::instant now)
{
    botcore::attempt made{.ended = now, .status = told.status, .failure = told.failure};
    if (const auto text = find(told.headers, "Retry-After"))
        made.retry_after = parse_retry_after(*text, now);
    return made;
}

botcore::webhook_trial trial_from(exchange_answer told)
{
    constexpr std::array shown{
        "Content-Type",
        "Content-Length",
        "Location",
        "Retry-After",
        "Server"};
    botcore::webhook_trial made{
        .status = told.status,
        .failure = std::move(told.failure),
        .body = as_utf8(told.body),
        .taken = told.taken};
    for (const auto* const name : shown) {
        if (const auto value = find(told.headers, name))
            made.headers.emplace_back(name, as_utf8(*value));
    }
    return made;
}

std::optional<seconds> parse_retry_after(std::string_view text, botcore::instant now)
{
    std::uint32_t count = 0;
    const auto* const end = text.data() + text.size();
    const auto [read, why] = std::from_chars(text.data(), end, count);
    if (why == std::errc{} && read == end)
        return seconds{count};
    if (why == std::errc::result_out_of_range && read == end)
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
    // In seconds: a year may be one that nanoseconds don't reach.
    const auto left = at - std::chrono::floor<seconds>(now);
    return left > seconds{0} ? std::optional{left} : std::nullopt;
}

}  // namespace botapi::webhooks
