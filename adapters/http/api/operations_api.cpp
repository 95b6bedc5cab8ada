#include "adapters/http/api/operations_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/parameters.hpp"
#include "adapters/http/protocol/negotiation.hpp"

#include <string>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;

/// An answer that is true now, and perhaps not any more when it is read.
response fleeting(std::string type, std::string body)
{
    return {
        .status = 200,
        .headers = {{"Content-Type", std::move(type)}, {"Cache-Control", "no-store"}},
        .body = std::move(body),
    };
}

response status_ok()
{
    return fleeting(std::string{json_type}, R"({"status":"ok"})");
}

class operations_api {
public:
    operations_api(gateway& gateway, const metrics& metrics) noexcept
        : gateway_{gateway}, metrics_{metrics}
    {
    }

    static awaitable<response> health(request& asked)
    {
        if (auto wrong = check_get(asked, refuse_parameters(asked)))
            co_return refused(asked, *wrong);
        co_return status_ok();
    }

    awaitable<response> ready(request& asked) const
    {
        if (auto wrong = check_get(asked, refuse_parameters(asked)))
            co_return refused(asked, *wrong);
        // Named, not written inside the co_await, because of GCC PR 107288.
        auto ask = [&](services& core) { return core.storage.ready(asked.until); };
        const auto found = co_await gateway_.run(ask);
        if (!found)
            co_return refused(asked, found.error());
        co_return status_ok();
    }

    awaitable<response> measure(request& asked) const
    {
        if (auto wrong = refuse_parameters(asked))
            co_return refused(asked, *wrong);
        if (!negotiate(asked, {"text/plain"}))
            co_return refused(asked, not_acceptable("text/plain"));
        co_return fleeting("text/plain; version=0.0.4; charset=utf-8", metrics_.text());
    }

private:
    gateway& gateway_;
    const metrics& metrics_;
};

}  // namespace

std::vector<route> operations_routes(gateway& gateway, const metrics& metrics)
{
    const operations_api api{gateway, metrics};
    return {
        {"/healthz", verb::get, {}, operations_api::health},
        {"/readyz", verb::get, {}, [api](request& asked) { return api.ready(asked); }},
        {"/metrics",
         verb::get,
         botcore::scope::admin,
         [api](request& asked) { return api.measure(asked); }},
    };
}

}  // namespace botapi::http
