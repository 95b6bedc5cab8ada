#include "adapters/http/connection/guarded_body.hpp"

#include "adapters/http/protocol/body_failure.hpp"
#include "tests/http/kit.hpp"
#include "tests/http/run.hpp"

#include <botcore/memory/memory_storage.hpp>
#include <botcore/system/system_clock.hpp>

#include <boost/asio/io_context.hpp>

using namespace botapi::http;
using namespace botapi::http::testing;

namespace {

/// A server that lets nobody in, because it could not read its keys, with one route.
struct closed_server {
    explicit closed_server(std::optional<botcore::scope> needs)
        : routes{router{{{"/", boost::beast::http::verb::get, needs, handle}}}, origins, access}
    {
    }

    /// Answers a request, whose body the handler reads.
    response answer()
    {
        request request = make_request("/");
        given_body given{{"hello"}};
        guarded_body body{given, request, routes};
        request.body = &body;
        boost::asio::io_context loop;
        return run(loop, routes.answer(request)).answer;
    }

    static boost::asio::awaitable<response> handle(request& request)
    {
        const auto part = co_await request.body->next();
        co_return response{.body = part.value_or("")};
    }

    botcore::memory::memory_storage storage;
    botcore::system::system_clock clock;
    key_ring ring{storage.keys(), clock};
    cors origins{{}};
    access_control access{ring, origins, {}, {{}, {"*"}}};
    dispatcher routes;
};

}  // namespace

TEST_CASE("guarded_body: nobody needs a right for the body of a public route", "[http]")
{
    closed_server server{std::nullopt};

    const auto answer = server.answer();

    CHECK(answer.status == 200);
    CHECK(answer.body == "hello");
}

TEST_CASE("guarded_body: a route's right has to last as long as the body", "[http]")
{
    request request = make_request("/");
    request.is_guarded = true;
    given_body given{{"hello"}};
    closed_server server{std::nullopt};
    guarded_body body{given, request, server.routes};
    boost::asio::io_context loop;

    CHECK_THROWS_AS(run(loop, body.next()), body_failure);
}
