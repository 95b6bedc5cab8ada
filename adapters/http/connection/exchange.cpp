#include "adapters/http/connection/exchange.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::http {

namespace beast_http = boost::beast::http;

namespace {

/// What was made, or else what the handler says it was about.
std::string_view subject_of(const request& asked, const response& made)
{
    const auto found =
        std::ranges::find(made.headers, "Location", &std::pair<std::string, std::string>::first);
    return found == made.headers.end() ? std::string_view{asked.about} : found->second;
}

}  // namespace

void record(const exchange& ended, const session_context& context)
{
    const auto taken = std::chrono::steady_clock::now() - ended.started;
    const auto& who = ended.asked.caller;
    const auto key = who && who->key ? who->key->id.text() : std::string{};
    const auto method = beast_http::to_string(ended.asked.method);
    const auto told = ended.made.answer.is_live ? std::nullopt : std::optional{taken};
    context.metrics
        .answered(ended.made.pattern, ended.asked.method, ended.made.answer.status, told);
    std::vector<botcore::log_field> fields{
        {"request_id", ended.asked.id},
        {"remote", ended.asked.remote},
        {"method", std::string_view{method.data(), method.size()}},
        {"route", ended.made.pattern},
        {"path", ended.asked.path},
        {"status", std::uint64_t{ended.made.answer.status}},
        {"bytes", ended.written},
        {"key", key},
        {"duration_ms", std::chrono::duration<double, std::milli>{taken}.count()}};
    if (!ended.made.answer.cause.empty())
        fields.push_back({"cause", ended.made.answer.cause});
    if (ended.made.is_recorded) {
        auto recorded = fields;
        recorded.push_back({"about", subject_of(ended.asked, ended.made.answer)});
        context.log
            .write(botcore::severity::info, "audit", std::span<const botcore::log_field>{recorded});
    }
    const bool has_failed = ended.made.answer.status == 500;
    context.log.write(
        has_failed ? botcore::severity::error : botcore::severity::info,
        "answered",
        std::span<const botcore::log_field>{fields}
    );
}

void record(limit_kind limit, std::string_view remote, const session_context& context)
{
    context.metrics.limit_reached(limit);
    context.log.write(
        botcore::severity::info,
        "a connection was cut off",
        {{"remote", remote}, {"limit", name_of(limit)}}
    );
}

}  // namespace botapi::http
