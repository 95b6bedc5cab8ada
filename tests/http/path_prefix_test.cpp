#include "adapters/http/protocol/path_prefix.hpp"

#include <catch2/catch.hpp>

using botapi::http::add_prefix;
using botapi::http::is_path_prefix;
using botapi::http::request;
using botapi::http::response;
using botapi::http::take_prefix;

namespace {

request asking(std::string path, const std::string& forwarded = {})
{
    request made;
    made.path = std::move(path);
    if (!forwarded.empty())
        made.headers.set("X-Forwarded-Prefix", forwarded);
    return made;
}

}  // namespace

TEST_CASE("path_prefix: a prefix is made of plain segments", "[path_prefix]")
{
    for (const auto* const text : {"/chat", "/api/v1", "/a-b_c.d~e", "/..."})
        CHECK(is_path_prefix(text));
    for (const auto* const text :
         {"",
          "/",
          "chat",
          "/chat/",
          "//chat",
          "/a//b",
          "/./a",
          "/a/..",
          "/a b",
          "/%41",
          "/\"",
          "/ä"})
        CHECK_FALSE(is_path_prefix(text));
    CHECK(is_path_prefix('/' + std::string(199, 'x')));
    CHECK_FALSE(is_path_prefix('/' + std::string(200, 'x')));
}

TEST_CASE("path_prefix: a prefix of whole segments is removed once", "[path_prefix]")
{
    const auto [path, rest] = GENERATE(table<std::string, std::string>({
        {"/chat/bots", "/bots"},
        {"/chat", "/"},
        {"/chat/", "/"},
        {"/chat/chat/bots", "/chat/bots"},
        {"/chats", "/chats"},
        {"/bots/chat", "/bots/chat"},
        {"/bots", "/bots"},
    }));
    auto made = asking(path);

    take_prefix(made, "/chat", false);

    CHECK(made.path == rest);
    CHECK(made.prefix == "/chat");
}

TEST_CASE("path_prefix: only a trusted proxy may name a prefix", "[path_prefix]")
{
    auto trusted = asking("/bots", "/chat/");
    auto other = asking("/bots", "/chat");
    auto faulty = asking("/bots", "//evil.example");

    take_prefix(trusted, "", true);
    take_prefix(other, "", false);
    take_prefix(faulty, "/base", true);

    CHECK(trusted.prefix == "/chat");
    CHECK(trusted.path == "/bots");
    CHECK(other.prefix.empty());
    CHECK(faulty.prefix == "/base");
}

TEST_CASE("path_prefix: an answer's links get it, and nothing else does", "[path_prefix]")
{
    auto made = asking("/bots");
    made.prefix = "/chat";
    response answer{
        .headers = {
            {"Location", "/bots/1"},
            {"Link", R"(</bots?a=1>; rel="next", </bots>; rel="first")"},
            {"Stream-Cursor", "</"}}};

    add_prefix(made, answer);

    CHECK(answer.headers[0].second == "/chat/bots/1");
    CHECK(answer.headers[1].second == R"(</chat/bots?a=1>; rel="next", </chat/bots>; rel="first")");
    CHECK(answer.headers[2].second == "</");
}
