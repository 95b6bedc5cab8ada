#include "adapters/http/connection/session_exchange.hpp"

#include <boost/beast/http/verb.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

namespace {

/// Who changes bots or keys, or looks at what administrators see, leaves a line of its own.
bool is_audited(const std::optional<botcore::scope>& needed)
{
    return needed == botcore::scope::bots_write || needed == botcore::scope::admin;
}

}  // namespace

void session::record(const exchange& now) const
{
    const auto taken = connection::clock::now() - now.started;
    const auto key = now.asked.key ? now.asked.key->id.text() : std::string{};
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
    if (is_audited(now.made.needs)) {
        context_.log
            .write(botcore::severity::info, "audit", std::span<const botcore::log_field>{fields});
    }
    const bool has_failed = now.made.answer.status == 500;
    context_.log.write(
        has_failed ? botcore::severity::error : botcore::severity::info,
        "answered",
        std::span<const botcore::log_field>{fields}
    );
}

}  // namespace botapi::http
