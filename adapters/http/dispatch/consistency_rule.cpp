#include "adapters/http/dispatch/consistency_rule.hpp"

#include <botcore/domain/storage_position.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;
using boost::beast::http::verb;
using botcore::result;

namespace {

constexpr const char* header = "Consistency-Token";

/// The token that stands for everything that is committed when a server reads it.
constexpr std::string_view latest = "latest";

bool is_read(const request& request)
{
    return request.method == verb::get || request.method == verb::head;
}

problem malformed(std::string detail)
{
    return {problem_kind::invalid_header, detail, {{"header", header, detail}}};
}

}  // namespace

awaitable<std::optional<problem>> consistency_rule::check(request& request) const
{
    const auto text = request.header(header);
    if (!text || *text == latest)
        co_return std::nullopt;
    if (request.headers.count(header) > 1)
        co_return malformed("Consistency-Token occurs more than once.");
    const auto position = botcore::parse_storage_position(*text);
    if (!position) {
        co_return malformed(
            "Consistency-Token is no token of an answer, and not `latest`. Send it as it came."
        );
    }
    // A write always sees everything.
    if (!is_read(request))
        co_return std::nullopt;
    if (gateway_.direct().storage.consistency().includes(*position))
        co_return std::nullopt;
    auto ask = [&](services& core) {
        return core.storage.consistency().confirm(*position, request.until);
    };
    const result<> confirmed = co_await gateway_.run(ask);
    if (!confirmed)
        co_return problem_from(confirmed.error());
    co_return std::nullopt;
}

void consistency_rule::tell(const request& request, response& answer) const
{
    if (is_read(request) || request.method == verb::options || answer.status / 100 != 2)
        return;
    // What an import stores comes after this header.
    auto token = answer.chunks ? std::string{latest}
                               : to_text(gateway_.direct().storage.consistency().position());
    answer.headers.emplace_back(header, std::move(token));
}

}  // namespace botapi::http
