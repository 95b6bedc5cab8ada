#include "adapters/http/api/operations_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/parameters.hpp"
#include "adapters/http/protocol/negotiation.hpp"

#include <string>
#include <vector>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;

/// An answer that may be out of date when it is read, so no cache may store it.
response fleeting(std::string type, std::string body)
{
    return {
        .status = 200,
        .headers = {{"Content-Type", std::move(type)}, {"Cache-Control", "no-store"}},
        .body = std::move(body),
    };
}

response status_ok(const std::string& more = {})
{
    return fleeting(std::string{json_type}, R"({"status":"ok")" + more + '}');
}

/// A member of the status with the read replicas, in the order in which they are configured. Empty
/// if there are none.
std::string replicas_member(const std::vector<botcore::copy_status>& replicas)
{
    if (replicas.empty())
        return {};
    const auto text_of = [](bool value) { return value ? "true" : "false"; };
    std::string text;
    for (const auto& one : replicas) {
        text += text.empty() ? ",\"replicas\":[" : ",";
        text.append(R"({"reachable":)").append(text_of(one.is_reachable));
        text.append(R"(,"standby":)").append(text_of(one.is_standby));
        text.append(R"(,"serves":)").append(text_of(one.serves));
        if (one.age)
            text += R"(,"stalenessMs":)" + std::to_string(one.age->count());
        text += R"(,"bytesBehind":)" + std::to_string(one.bytes_behind) + '}';
    }
    return text + ']';
}

class operations_api {
public:
    operations_api(gateway& gateway, metrics& metrics, const std::atomic<bool>& is_leaving) noexcept
        : gateway_{gateway}, metrics_{metrics}, is_leaving_{is_leaving}
    {
    }

    awaitable<response> health(request& request) const
    {
        if (auto wrong = check_get(request, refuse_parameters(request)))
            co_return refused(request, *wrong);
        if (is_leaving_)
            co_return refused(request, leaving());
        co_return status_ok();
    }

    awaitable<response> ready(request& request) const
    {
        if (auto wrong = check_get(request, refuse_parameters(request)))
            co_return refused(request, *wrong);
        if (is_leaving_)
            co_return refused(request, leaving());
        const auto found = co_await gateway_.ready(request.until);
        if (!found)
            co_return refused(request, found.error());
        co_return status_ok(replicas_member(gateway_.direct().storage.consistency().copy_states()));
    }

    awaitable<response> measure(request& request) const
    {
        if (auto wrong = refuse_parameters(request))
            co_return refused(request, *wrong);
        if (!negotiate(request, {"text/plain"}))
            co_return refused(request, not_acceptable("text/plain"));
        metrics_.describe_copies(gateway_.direct().storage.consistency().copy_states());
        co_return fleeting("text/plain; version=0.0.4; charset=utf-8", metrics_.text());
    }

private:
    static problem leaving() { return {problem_kind::unavailable, "The server is shutting down."}; }

    gateway& gateway_;
    metrics& metrics_;
    const std::atomic<bool>& is_leaving_;
};

}  // namespace

std::vector<route> operations_routes(
    gateway& gateway,
    metrics& metrics,
    const std::atomic<bool>& is_leaving
)
{
    const operations_api api{gateway, metrics, is_leaving};
    return {
        {.pattern = "/healthz",
         .method = verb::get,
         .needs = {},
         .handler = [api](request& request) { return api.health(request); },
         .is_probe = true},
        {.pattern = "/readyz",
         .method = verb::get,
         .needs = {},
         .handler = [api](request& request) { return api.ready(request); },
         .is_probe = true},
        {"/metrics",
         verb::get,
         botcore::scope::admin,
         [api](request& request) { return api.measure(request); }},
    };
}

}  // namespace botapi::http
