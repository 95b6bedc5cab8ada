#include "adapters/http/dispatch/router.hpp"

#include "tests/http/kit.hpp"

using namespace botapi::http;
using boost::beast::http::verb;

namespace {

std::vector<botapi::http::route> some_routes()
{
    return {
        {"/bots/{id}", verb::get, {}, {}},
        {"/bots/{id}", verb::put, {}, {}},
        {"/bots/mine", verb::post, {}, {}},
        {"/bots", verb::post, {}, {}},
        {"/bots", verb::get, {}, {}},
        {"/bots/{id}", verb::delete_, {}, {}},
        {"/pages", verb::get, {}, {}},
        {"/bots/{id}/hooks/{name}", verb::get, {}, {}},
        {"/bots/{id}/hooks/{name}/calls/{call}/repeat", verb::post, {}, {}},
        {"/bots/{id}/hooks/first", verb::put, {}, {}},
    };
}

}  // namespace

TEST_CASE("router: a path and a method lead to a route", "[http]")
{
    const router routes{some_routes()};

    const auto found = routes.find("/bots", verb::get);

    REQUIRE(found.route != nullptr);
    CHECK(found.route->method == verb::get);
    CHECK(found.pattern == "/bots");
    CHECK(found.parts.empty());
    CHECK(routes.find("/bots", verb::head).route == found.route);
}

TEST_CASE("router: an id is the decoded segment of the path", "[http]")
{
    const router routes{some_routes()};

    CHECK(routes.find("/bots/7", verb::get).parts.at(0).second == "7");
    CHECK(routes.find("/bots/a%20%2Fb", verb::get).parts.at(0).second == "a /b");
    CHECK(routes.find("/bots/7", verb::delete_).route->method == verb::delete_);
    CHECK(routes.find("/bots/7", verb::get).pattern == "/bots/{id}");
}

TEST_CASE("router: a literal path takes precedence over one with an id", "[http]")
{
    const router routes{some_routes()};

    const auto found = routes.find("/bots/mine", verb::post);

    REQUIRE(found.route != nullptr);
    CHECK(found.pattern == "/bots/mine");
    CHECK(found.parts.empty());
    CHECK(found.allowed == "POST, OPTIONS");
    CHECK(routes.find("/bots/mine", verb::get).route == nullptr);
}

TEST_CASE("router: each of several names stands for a segment", "[http]")
{
    const router routes{some_routes()};
    using parts = std::vector<path_part>;

    CHECK(
        routes.find("/bots/7/hooks/a%2Fb", verb::get).parts == parts{{"id", "7"}, {"name", "a/b"}}
    );
    CHECK(
        routes.find("/bots/7/hooks/a/calls/9/repeat", verb::post).parts ==
        parts{{"id", "7"}, {"name", "a"}, {"call", "9"}}
    );
    CHECK(routes.find("/bots/7/hooks/first", verb::put).parts == parts{{"id", "7"}});
    CHECK(routes.find("/bots/7/hooks/first", verb::get).route == nullptr);
    CHECK(routes.find("/bots//hooks/a", verb::get).pattern.empty());
    CHECK(routes.find("/bots/7/hooks/a/calls//repeat", verb::post).pattern.empty());
}

TEST_CASE("router: the methods of a path are listed", "[http]")
{
    const router routes{some_routes()};

    const auto refused = routes.find("/bots/7", verb::post);

    CHECK(refused.route == nullptr);
    CHECK(refused.pattern == "/bots/{id}");
    CHECK(refused.allowed == "GET, HEAD, PUT, DELETE, OPTIONS");
    CHECK(routes.find("/bots", verb::options).allowed == "POST, GET, HEAD, OPTIONS");
    CHECK(routes.find("/bots", verb::options).route == nullptr);
    CHECK(routes.find("/bots", verb::unknown).route == nullptr);
}

TEST_CASE("router: other paths lead nowhere", "[http]")
{
    const router routes{some_routes()};
    const auto path = GENERATE(
        "/",
        "",
        "/bot",
        "/botsx",
        "/bots/",
        "/bots/7/",
        "/bots/7/8",
        "/Bots",
        "/pages/",
        "//bots",
        "/bots%2F7"
    );

    const auto found = routes.find(path, verb::get);

    CHECK(found.route == nullptr);
    CHECK(found.pattern.empty());
    CHECK(found.allowed.empty());
}
