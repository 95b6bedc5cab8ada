#include "adapters/http/protocol/negotiation.hpp"

#include "tests/http/kit.hpp"

using namespace botapi::http;
using namespace botapi::http::testing;

namespace {

/// The type chosen for an `Accept` header if JSON and NDJSON are offered, in this order.
std::string chosen(const std::string& accept)
{
    const request request = make_request("/", {{"Accept", accept}});
    return std::string{negotiate(request, {json_type, ndjson_type}).value_or("none")};
}

std::string body_type(const std::string& sent)
{
    const request request = make_request("/", {{"Content-Type", sent}});
    return std::string{content_type(request, {json_type, ndjson_type}).value_or("none")};
}

const std::string json{json_type};
const std::string lines{ndjson_type};

}  // namespace

TEST_CASE("negotiation: without a preference the first offer is chosen", "[http]")
{
    CHECK(negotiate(make_request("/"), {json_type, ndjson_type}) == json_type);
    CHECK(chosen("") == json);
    CHECK(chosen(" ") == json);
    CHECK(chosen("*/*") == json);
    CHECK(chosen("*") == json);
    CHECK(chosen("application/*") == json);
}

TEST_CASE("negotiation: the greater weight wins, and the earlier offer of equals", "[http]")
{
    CHECK(chosen(lines) == lines);
    CHECK(chosen("APPLICATION/X-NDJSON") == lines);
    CHECK(chosen(lines + ", " + json) == json);
    CHECK(chosen(json + ";q=0.5," + lines + ";q=0.6") == lines);
    CHECK(chosen(json + ";q=0.5 ," + lines + " ; Q=0.4") == json);
    CHECK(chosen("*/*;q=0.1, " + lines) == lines);
    CHECK(chosen("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8") == json);
    CHECK(chosen(json + ";profile=\"a,b;q=0\";q=0.3, " + lines + ";q=0.2") == json);
}

TEST_CASE(
    "negotiation: the more specific range counts, whatever the weight of the wider one",
    "[http]"
)
{
    CHECK(chosen(json + ";q=0, */*, " + lines + ";q=0.1") == lines);
    CHECK(chosen("application/*;q=0, */*") == "none");
    CHECK(chosen("application/*;q=0.1, " + json + ";q=0.9, " + lines + ";q=1") == lines);
}

TEST_CASE("negotiation: a wildcard does not select a special format", "[http]")
{
    CHECK(chosen(json + ";q=0, */*") == "none");
    CHECK(chosen(json + ";q=0.1, */*;q=0.9") == json);
    CHECK(chosen("application/*, " + json + ";q=0.1") == json);
}

TEST_CASE("negotiation: ranges that exclude every offer select none", "[http]")
{
    const auto accept = GENERATE(
        "text/html",
        "application/jso",
        "application/jsonx",
        "application",
        "json",
        "text/*",
        "application/json;q=0",
        "application/json;q=0.000",
        "*/*;q=0",
        "application/problem+json"
    );

    CHECK(chosen(accept) == "none");
}

TEST_CASE("negotiation: a malformed weight counts as none", "[http]")
{
    const auto weight =
        GENERATE("", "x", "nan", "inf", "0x1", "-1", "2", "1e0", "0.5x", "1.", "\"1\"");
    const std::string accept = json + ";q=" + weight + ", " + lines + ";q=0.001";

    // "1." is how RFC 9110 lets a one be written, too.
    CHECK(chosen(accept) == (std::string_view{weight} == "1." ? json : lines));
}

TEST_CASE("negotiation: malformed headers do no harm", "[http]")
{
    const auto accept = GENERATE(
        ",",
        ";",
        ",,;;,=",
        "\"",
        "\"\\",
        ";q",
        ";q=",
        "application/json;",
        "a/b;\"",
        "*/*;q=\"\\"
    );

    CHECK_NOTHROW(chosen(accept));
    CHECK(chosen("application/json;") == json);
    CHECK(chosen(",," + lines + ",") == lines);
}

TEST_CASE("negotiation: repeated header fields are one list", "[http]")
{
    const request request = make_request("/", {{"Accept", "text/html"}, {"Accept", lines}});

    CHECK(negotiate(request, {json_type, ndjson_type}) == ndjson_type);
}

TEST_CASE("negotiation: Content-Type decides the type of a body", "[http]")
{
    CHECK(body_type("application/json") == json);
    CHECK(body_type("Application/JSON") == json);
    CHECK(body_type("application/json; charset=utf-8") == json);
    CHECK(body_type("application/json ;charset=\"UTF-8\"; x=y") == json);
    CHECK(body_type("application/x-ndjson") == lines);

    for (const std::string charset : {"utf8", "UTF8", "\"utf8\"", "\"Utf-8\"", "Utf-8"})
        CHECK(body_type("application/json; charset=" + charset) == json);
    for (const std::string name :
         {"application/ndjson",
          "application/jsonl",
          "Application/JSONL",
          "application/x-jsonlines"})
        CHECK(body_type(name + "; charset=utf8") == lines);

    CHECK(body_type("application/json; charset=utf-16") == "none");
    CHECK(body_type("application/json; charset=\"") == "none");
    CHECK(body_type("application/json; charset=") == "none");
    CHECK_FALSE(
        content_type(make_request("/", {{"Content-Type", "application/jsonl"}}), {json_type})
    );
    CHECK(body_type("") == "none");
    CHECK(body_type("text/plain") == "none");
    CHECK(body_type("application/json; charset=latin1") == "none");
    CHECK(body_type("application/json, text/html") == "none");
    CHECK(body_type("application/jsonp") == "none");
    CHECK_FALSE(content_type(make_request("/"), {json_type}));
}

TEST_CASE("negotiation: NDJSON goes by the name that the client uses", "[http]")
{
    for (const std::string name :
         {"application/ndjson", "application/jsonl", "application/x-jsonlines"}) {
        CHECK(chosen(name) == name);
        CHECK(chosen(name + ", " + json + ";q=0.9") == name);
        CHECK(chosen(name + ";q=0.9, " + json) == json);
        const request asked = make_request("/", {{"Accept", name}});
        CHECK(negotiate(asked, {ndjson_type}) == name);
        CHECK_FALSE(negotiate(asked, {json_type}));
    }
    CHECK(chosen("application/jsonl;q=0.5, application/x-ndjson;q=0.6") == lines);
    CHECK(chosen("application/jsonl;q=0") == "none");
    CHECK(negotiate(make_request("/", {{"Accept", "*/*"}}), {ndjson_type}) == ndjson_type);
    CHECK(chosen("application/json;q=0, application/*") == "none");
}
