#include "adapters/http/protocol/http_date.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace botapi::http {

std::string_view http_date()
{
    // Formatted at most once a second. Not with strftime, whose names depend on the locale.
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array
        months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    thread_local std::time_t formatted_at = -1;
    thread_local std::array<char, 64> text{};
    thread_local std::size_t size = 0;

    const std::time_t now = std::time(nullptr);
    if (now != formatted_at) {
        std::tm utc{};
        gmtime_r(&now, &utc);
        const int count = std::snprintf(
            text.data(),
            text.size(),
            "%s, %02d %s %04d %02d:%02d:%02d GMT",
            days.at(static_cast<std::size_t>(utc.tm_wday)),
            utc.tm_mday,
            months.at(static_cast<std::size_t>(utc.tm_mon)),
            utc.tm_year + 1900,
            utc.tm_hour,
            utc.tm_min,
            utc.tm_sec
        );
        size = static_cast<std::size_t>(count);
        formatted_at = now;
    }
    return {text.data(), size};
}

}  // namespace botapi::http
