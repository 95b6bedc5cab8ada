#include "adapters/http/connection/session_exchange.hpp"

#include <boost/beast/http/verb.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::http {

namespace {

/// What was made, or else what the handler says it was about.
std::string_view subject_of(const request& asked, const response& made)
{
    const auto found =
        std::ranges::find(made.headers, "Location", &std::pair<std::string, std::string>::first);
    return found == made.headers.end() ? std::string_view{asked.about} : found->second;
}

}  // namespace

void session::record(const exchange& now) const
{
    const auto taken = connection::clock::now() - now.started;
    const auto& who = now.asked.caller;
    const auto key = who && who->key ? who->key->id.text() : std::string{};
    const auto method = boost::beast::http::to_string(now.asked.method);
    const auto told = now.made.answer.is_live ? std::nullopt : std::optional{taken};
    context_.metrics.answered(now.made.pattern, now.asked.method, now.made.answer.status, told);
    std::vector<botcore::log_field> fields{
        {"request_id", now.asked.id},
        {"remote", remote_},
        {"method", std::string_view{method.data(), method.size()}},
        {"route", now.made.pattern},
        {"path", now.asked.path},
        {"status", std::uint64_t{now.made.answer.status}},
        {"bytes", now.written},
        {"key", key},
        {"duration_ms", std::chrono::duration<double, std::milli>{taken}.count()}};
    if (!now.made.answer.cause.empty())
        fields.push_back({"cause", now.made.answer.cause});
    if (now.made.is_recorded) {
        auto recorded = fields;
        recorded.push_back({"about", subject_of(now.asked, now.made.answer)});
        context_.log
            .write(botcore::severity::info, "audit", std::span<const botcore::log_field>{recorded});
    }
    const bool has_failed = now.made.answer.status == 500;
    context_.log.write(
        has_failed ? botcore::severity::error : botcore::severity::info,
        "answered",
        std::span<const botcore::log_field>{fields}
    );
}

}  // namespace botapi::http
