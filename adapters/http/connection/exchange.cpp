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

/// The resource that was created, or else the subject that the handler named.
std::string_view subject_of(const request& request, const response& answer)
{
    const auto location =
        std::ranges::find(answer.headers, "Location", &std::pair<std::string, std::string>::first);
    return location == answer.headers.end() ? std::string_view{request.about} : location->second;
}

}  // namespace

void record(const exchange& exchange, const session_context& context)
{
    const auto& [answer, pattern, is_audited] = exchange.result;
    const auto& request = exchange.request;
    const auto duration = std::chrono::steady_clock::now() - exchange.started;
    const auto& caller = request.caller;
    const auto key = caller && caller->key ? caller->key->id.text() : std::string{};
    const auto method = beast_http::to_string(request.method);
    const auto measured = answer.is_live ? std::nullopt : std::optional{duration};
    context.metrics.answered(pattern, request.method, answer.status, measured);
    std::vector<botcore::log_field> fields{
        {"request_id", request.id},
        {"remote", request.remote},
        {"method", std::string_view{method.data(), method.size()}},
        {"route", pattern},
        {"path", request.path},
        {"status", std::uint64_t{answer.status}},
        {"bytes", exchange.body_size},
        {"key", key},
        {"duration_ms", std::chrono::duration<double, std::milli>{duration}.count()}};
    if (!answer.cause.empty())
        fields.push_back({"cause", answer.cause});
    if (is_audited) {
        auto audit = fields;
        audit.push_back({"about", subject_of(request, answer)});
        context.log
            .write(botcore::severity::info, "audit", std::span<const botcore::log_field>{audit});
    }
    const bool has_failed = answer.status == 500;
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
