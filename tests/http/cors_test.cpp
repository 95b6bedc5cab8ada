#include "adapters/http/protocol/cors.hpp"

#include "tests/http/kit.hpp"

using namespace botapi::http;
using namespace botapi::http::testing;

namespace {

/// The value of a header of the answer to a preflight request; empty if it is not there.
std::string preflight(const cors& origins, const header_list& headers, std::string_view name)
{
    auto sent = headers;
    sent.emplace_back("Access-Control-Request-Method", "POST");
    response answer{.status = 204};
    origins.allow_preflight(make_request("/", sent), "POST", answer);
    for (const auto& [header, value] : answer.headers) {
        if (header == name)
            return value;
    }
    return {};
}

}  // namespace

TEST_CASE("cors: a default port makes no difference", "[http]")
{
    const cors origins{{"https://chat.example.com:443", "http://plain.example:80", "https://x:80"}};

    CHECK(origins.allows("https://chat.example.com"));
    CHECK(origins.allows("http://plain.example"));
    CHECK(origins.allows("https://x:80"));
    CHECK_FALSE(origins.allows("http://chat.example.com"));
    CHECK_FALSE(origins.allows("https://chat.example.com:444"));
    CHECK_FALSE(origins.allows("https://x"));
}

TEST_CASE("cors: a wildcard stands for subdomains", "[http]")
{
    const cors origins{{"https://*.example.com", "http://*.port.example:8080"}};

    CHECK(origins.allows("https://a.example.com"));
    CHECK(origins.allows("https://a.b-1_c.example.com"));
    CHECK(origins.allows("http://a.port.example:8080"));
    for (const auto* const other :
         {"https://example.com",
          "https://.example.com",
          "https://a..example.com",
          "https://..example.com",
          "https://-@evil.example.com:1",
          "https://evil/.example.com",
          "https://a.example.com.evil",
          "https://a.example.com:8443",
          "http://a.example.com",
          "http://a.port.example",
          "null",
          ""})
        CHECK_FALSE(origins.allows(other));
}

TEST_CASE("cors: a page may send the headers that it asks about, if they are names", "[http]")
{
    const cors origins{{"https://a.example"}};
    const std::pair<std::string, std::string> from{"Origin", "https://a.example"};
    const auto allowed = [&](const std::string& wanted) {
        return preflight(
            origins,
            {from, {"Access-Control-Request-Headers", wanted}},
            "Access-Control-Allow-Headers"
        );
    };

    CHECK(allowed("cache-control,traceparent") == "cache-control, traceparent");
    CHECK(allowed(" X-A ,\tX-B") == "X-A, X-B");
    CHECK(allowed("") == "");
    CHECK(allowed("a b") == "");
    CHECK(allowed("x-a, y:z") == "");
    CHECK(allowed("x-a,,x-b") == "");
    CHECK(
        preflight(
            origins,
            {{"Origin", "https://b.example"}, {"Access-Control-Request-Headers", "x-a"}},
            "Access-Control-Allow-Headers"
        ) == ""
    );
}

TEST_CASE(
    "cors: an allowed page may read an answer and its headers, and no other page may",
    "[http]"
)
{
    const auto headers = [](const cors& origins, const header_list& sent) {
        response answer;
        origins.allow_origin(make_request("/", sent), answer);
        return answer.headers;
    };
    const header_list from_a{{"Origin", "https://a.example"}};
    const header_list vary{{"Vary", "Origin"}};

    for (const auto* const allowed : {"https://a.example", "*", "https://*.example"}) {
        const auto found = headers(cors{{allowed}}, from_a);
        REQUIRE(found.size() == 3);
        CHECK(found[0] == vary[0]);
        CHECK(found[1] == header_list::value_type{"Access-Control-Allow-Origin", from_a[0].second});
        CHECK(
            found[2] ==
            header_list::value_type{
                "Access-Control-Expose-Headers",
                "Consistency-Token, ETag, Link, Location, Idempotent-Replayed, RateLimit, "
                "RateLimit-Policy, Retry-After, Staleness, Stream-Cursor, WWW-Authenticate, "
                "X-Request-Id"}
        );
        CHECK(headers(cors{{allowed}}, {}) == vary);
    }
    CHECK(headers(cors{{"https://b.example"}}, from_a) == vary);
    CHECK(headers(cors{{"https://*.b.example"}}, from_a) == vary);
    CHECK(headers(cors{{}}, from_a).empty());
}

TEST_CASE("cors: a preflight says which methods are allowed, and for how long", "[http]")
{
    const cors origins{{"https://a.example"}};
    const std::pair<std::string, std::string> from{"Origin", "https://a.example"};

    CHECK(preflight(origins, {from}, "Access-Control-Allow-Methods") == "POST");
    CHECK(preflight(origins, {from}, "Access-Control-Max-Age") == "86400");
    CHECK(preflight(origins, {from}, "Vary") == "Access-Control-Request-Headers");
    CHECK(preflight(origins, {}, "Access-Control-Allow-Methods").empty());

    response plain;
    origins.allow_preflight(make_request("/", {from}), "POST", plain);
    CHECK(plain.headers.empty());
}
