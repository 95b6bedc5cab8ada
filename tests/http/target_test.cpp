#include "adapters/http/protocol/target.hpp"

#include "tests/http/kit.hpp"

using namespace botapi::http;
using namespace botapi::http::testing;

namespace {

bool is_refused(const std::string& target)
{
    request request;
    request.target = target;
    const auto wrong = read_target(request);
    return wrong && wrong->kind == problem_kind::malformed_request;
}

}  // namespace

TEST_CASE("target: the origin form is a path and a query", "[http]")
{
    const auto request = make_request("/messages?conversationId=1&limit=2&x=&y");

    CHECK(request.path == "/messages");
    CHECK(
        request.parameters ==
        std::vector<parameter>{{"conversationId", "1"}, {"limit", "2"}, {"x", ""}, {"y", ""}}
    );
    CHECK(make_request("/").path == "/");
    CHECK(make_request("/a%2Fb").path == "/a%2Fb");
    CHECK(make_request("/bots?").path == "/bots");
    CHECK(make_request("/bots?").parameters.empty());
    CHECK(make_request("/bots?&limit=1&&").parameters.size() == 1);
    CHECK(make_request("/bots?=1").parameters.size() == 1);
}

TEST_CASE("target: the absolute form means the same", "[http]")
{
    CHECK(make_request("http://any.example:80/bots?limit=1").path == "/bots");
    CHECK(make_request("https://any.example/bots?limit=1").parameters.size() == 1);
    CHECK(make_request("http://any.example").path == "/");
}

TEST_CASE("target: parameters are decoded, and a plus stays a plus", "[http]")
{
    const auto request = make_request("/?since=2020-01-01T00:00:00+01:00&a%20b=%C3%A9%2B%26%3D+");

    CHECK(request.parameters[0].second == "2020-01-01T00:00:00+01:00");
    CHECK(request.parameters[1] == parameter{"a b", "\u00e9+&=+"});
}

TEST_CASE("target: a malformed target is refused", "[http]")
{
    const auto target = GENERATE(
        "",
        "bots",
        "*",
        "/%",
        "/%2",
        "/%zz",
        "/?a=%g1",
        "/?%",
        "/a b",
        "/\xc3\xa9",
        "/a#b",
        "ftp://any.example/",
        "mailto:a@b.example",
        "http:",
        "http:/bots",
        "any.example:80",
        "http:///bots",
        "http://:80/bots",
        "http://me@any.example/bots",
        "http://any.example:99999/bots",
        "http://any.example/bots#x",
        "/\x01",
        "/?\"<>"
    );

    CHECK(is_refused(target));
}

TEST_CASE("target: a refusal shows what a target is", "[http]")
{
    request request;
    request.target = "*";

    CHECK(
        read_target(request)->detail ==
        "The request target is not a path with an optional query, as in "
        "/messages?conversationId=7665ada8-3448-4acd-a1b7-d688e68fe9a1."
    );
}

TEST_CASE("target: the host of an absolute target counts, and no other target has one", "[http]")
{
    CHECK(make_request("http://any.example:80/bots").host == "any.example:80");
    CHECK(make_request("/bots").host.empty());
    for (const auto* const good : {"a", "a:", "a:0", "a:65535", "[::1]:80", "1.2.3.4"})
        CHECK(is_host(good));
    for (const auto* const bad : {"", ":80", "a:65536", "a:99999999999", "me@a", "a:x", "a b"})
        CHECK_FALSE(is_host(bad));
}

TEST_CASE("target: a segment is decoded", "[http]")
{
    CHECK(decode_segment("a%20b+c") == "a b+c");
    CHECK(decode_segment("%2F..%00x") == std::string("/..\0x", 5));
    CHECK(decode_segment("") == "");
    CHECK_FALSE(decode_segment("%"));
    CHECK_FALSE(decode_segment("%4"));
    CHECK_FALSE(decode_segment("%gg"));
}

TEST_CASE("target: a target that was built is parsed back", "[http]")
{
    const std::vector<parameter> parameters{
        {"since", "2020-01-01T00:00:00+01:00"},
        {"a b", "&=?#%/ +"},
        {"\u00e9", ""},
        {"[x]", "<\">[]"},
        {"", ""}};

    const auto made = make_target("/messages", parameters);
    const auto request = make_request(made);

    CHECK(request.path == "/messages");
    CHECK(request.parameters == parameters);
    CHECK(make_target("/bots", {}) == "/bots");
    CHECK(make_target("/", {}) == "/");
    CHECK(make_target("/m", {{"x", "[a+b]"}}) == "/m?x=%5Ba+b%5D");
    CHECK(make_target("/bots/%2F", {{"limit", "1"}}) == "/bots/%2F?limit=1");
    CHECK(
        make_target("/m", {{"since", "2020-01-01T00:00:00Z"}}) == "/m?since=2020-01-01T00:00:00Z"
    );
}
