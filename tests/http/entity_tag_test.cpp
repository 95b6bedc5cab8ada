#include "adapters/http/protocol/entity_tag.hpp"

#include "tests/http/kit.hpp"

using namespace botapi::http;
using namespace botapi::http::testing;

namespace {

bool is_known(const std::string& known, std::string_view tag = "\"7\"")
{
    const auto request = make_request("/", {{"If-None-Match", known}});
    return coding_known_to_client(request, tag, content_coding::identity).has_value();
}

botcore::precondition condition(const std::string& name, const std::string& value)
{
    return precondition_of(make_request("/", {{name, value}}));
}

}  // namespace

TEST_CASE("entity_tag: tags are strong, and differ if their versions do", "[http]")
{
    CHECK(tag_of_version(0) == "\"0\"");
    CHECK(tag_of_version(7, 1) == "\"7-0100000000000000\"");
    CHECK(tag_of_version(7, 2) != tag_of_version(7, 1));
    CHECK(tag_of_version(18446744073709551615U) == "\"18446744073709551615\"");
    CHECK(tag_of_content("a").size() == 18);
    CHECK(tag_of_content("a") == tag_of_content("a"));
    CHECK(tag_of_content("a") != tag_of_content("b"));
    CHECK(tag_of_content("").front() == '"');
}

TEST_CASE("entity_tag: If-None-Match can list a tag in many ways", "[http]")
{
    const auto known = GENERATE(
        "\"7\"",
        "W/\"7\"",
        "*",
        "\"1\", \"7\"",
        "\"1\",W/\"7\" ,\"2\"",
        "\"a,b\", \"7\"",
        " , ,\"7\"",
        "\"7\","
    );

    CHECK(is_known(known));
}

TEST_CASE("entity_tag: a different tag does not match", "[http]")
{
    const auto known = GENERATE(
        "",
        "7",
        "\"77\"",
        "\"\"",
        "\"",
        "\"7",
        "7\"",
        "W/7",
        "w/\"7\"",
        "x",
        ",",
        "\"a,\"7\"\"",
        "\"*\"",
        "**"
    );

    CHECK_FALSE(is_known(known));
}

TEST_CASE("entity_tag: repeated header fields are one list", "[http]")
{
    const auto request =
        make_request("/", {{"If-None-Match", "\"1\""}, {"If-None-Match", "\"7\""}});

    CHECK(coding_known_to_client(request, "\"7\"", content_coding::identity));
    CHECK_FALSE(coding_known_to_client(make_request("/"), "\"7\"", content_coding::identity));
}

TEST_CASE("entity_tag: If-Match names the versions that may be changed", "[http]")
{
    CHECK(condition("If-Match", "\"7\"").holds_for(7));
    CHECK(condition("If-Match", "\"1\", \"7\"").holds_for(7));
    CHECK(condition("If-Match", "*").holds_for(7));
    CHECK(condition("If-Match", "\"1\", *").holds_for(7));
    CHECK(precondition_of(make_request("/")).holds_for(7));

    const auto other = GENERATE(
        "\"8\"",
        "W/\"7\"",
        "7",
        "\"x\"",
        "\"07\"",
        "\"+7\"",
        "\"7 \"",
        "\"\"",
        "",
        "\"99999999999999999999999\""
    );
    CHECK_FALSE(condition("If-Match", other).holds_for(7));
}

TEST_CASE("entity_tag: If-None-Match names the versions that may not be changed", "[http]")
{
    CHECK_FALSE(condition("If-None-Match", "\"7\"").holds_for(7));
    CHECK_FALSE(condition("If-None-Match", "W/\"7\"").holds_for(7));
    CHECK_FALSE(condition("If-None-Match", "*").holds_for(7));
    CHECK(condition("If-None-Match", "\"8\"").holds_for(7));
    CHECK(condition("If-None-Match", "\"x\"").holds_for(7));
}

TEST_CASE("entity_tag: a star requires that the entity is absent", "[http]")
{
    CHECK(must_be_absent(make_request("/", {{"If-None-Match", "*"}})));
    CHECK(must_be_absent(make_request("/", {{"If-None-Match", " * "}})));
    CHECK_FALSE(must_be_absent(make_request("/", {{"If-None-Match", "\"*\""}})));
    CHECK_FALSE(must_be_absent(make_request("/", {{"If-Match", "*"}})));
    CHECK_FALSE(must_be_absent(make_request("/")));
}

TEST_CASE("entity_tag: 304 has the headers of the answer and no body", "[http]")
{
    const std::vector<std::pair<std::string, std::string>> headers{
        {"Content-Type", "text/html"},
        {"ETag", "\"7\""},
        {"Content-Security-Policy", "default-src 'self'"}};
    response known{.status = 200, .headers = headers, .body = "content"};
    known.shared_body = std::make_shared<const std::string>("shared content");

    const auto made = not_modified(std::move(known));

    CHECK(made.status == 304);
    CHECK(made.content().empty());
    CHECK(made.chunks == nullptr);
    CHECK(made.headers == headers);
}

TEST_CASE("entity_tag: a client has a representation in a coding that it accepts", "[http]")
{
    const auto [accept, known, coding] =
        GENERATE(table<std::string, std::string, std::optional<content_coding>>({
            {"gzip", "\"7\"", content_coding::identity},
            {"gzip", "\"7-gzip\"", content_coding::gzip},
            {"gzip", "W/\"7-gzip\"", content_coding::gzip},
            {"gzip", "\"7\", \"7-gzip\"", content_coding::gzip},
            {"gzip, zstd", "\"7-gzip\"", content_coding::gzip},
            {"gzip, zstd", "\"7-gzip\", \"7-zstd\"", content_coding::zstd},
            {"gzip", "*", content_coding::zstd},
            {"gzip", "\"7-zstd\"", std::nullopt},
            {"gzip", "\"8-gzip\"", std::nullopt},
            {"gzip, identity;q=0", "\"7\"", std::nullopt},
            {"", "\"7-gzip\"", std::nullopt},
        }));
    CAPTURE(accept, known);
    auto request = make_request("/", {{"If-None-Match", known}, {"Accept-Encoding", accept}});
    request.codings = read_accepted_codings(request.headers);

    CHECK(coding_known_to_client(request, "\"7\"", content_coding::zstd) == coding);
}

TEST_CASE("entity_tag: a version is the same in every coding", "[http]")
{
    CHECK(condition("If-Match", "\"7-gzip\"").any_of == std::vector<std::uint64_t>{7});
    CHECK(condition("If-Match", "\"7-zstd\", \"8\"").any_of == std::vector<std::uint64_t>{7, 8});
    CHECK(condition("If-Match", "\"7-br\"").any_of->empty());
    CHECK(condition("If-Match", "\"07-gzip\"").any_of->empty());
    CHECK(condition("If-Match", "W/\"7-gzip\"").any_of->empty());
}
