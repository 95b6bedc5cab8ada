#include "adapters/http/protocol/problem.hpp"

#include "adapters/http/codec/problem_json.hpp"
#include "page_files.hpp"
#include "tests/http/kit.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

using namespace botapi::http;

namespace {

/// The descriptions from which the pages are made, by slug.
boost::json::value read_descriptions()
{
    std::ifstream file{HTTP_PAGES "/problems.json"};
    return boost::json::parse(std::string{std::istreambuf_iterator<char>{file}, {}}).at("problems");
}

bool has_page(std::string_view slug)
{
    const std::string name = "pages/problems/" + std::string{slug} + ".html";
    return std::ranges::count(embedded_files, name, &embedded_file::name) == 1;
}

}  // namespace

TEST_CASE("problem: kinds are in the order of the enumeration", "[http]")
{
    for (std::size_t at = 0; at < problem_descriptions.size(); ++at) {
        CHECK(static_cast<std::size_t>(problem_descriptions[at].kind) == at);
        CHECK(status_of(problem_descriptions[at].kind) == problem_descriptions[at].status);
    }
}

TEST_CASE("problem: each refusal of the core has a detail in terms of HTTP", "[http]")
{
    using botcore::errc;

    const auto unknown = problem_from(botcore::refuse(errc::unknown_bot, "Nobody is a bot."));
    const auto reused = problem_from(botcore::refuse(errc::key_reused, "The key is used."));
    const auto other = problem_from(botcore::refuse(errc::not_found, "Nothing is there."));

    CHECK(unknown.detail == "Nobody is a bot. Register one with POST /bots first.");
    CHECK(reused.detail == "The key is used. Send a new request with a new Idempotency-Key.");
    CHECK(other.detail == "Nothing is there.");
}

TEST_CASE("problem: every kind has a page with the same content", "[http]")
{
    const auto described = read_descriptions();
    std::set<std::string_view> slugs;

    for (const auto& [kind, status, slug, title] : problem_descriptions) {
        CAPTURE(slug);
        CHECK(slugs.insert(slug).second);
        CHECK(has_page(slug));
        bool is_found = false;
        for (const auto& one : described.as_array()) {
            if (std::string_view{one.at("slug").as_string()} != slug)
                continue;
            is_found = true;
            CHECK(one.at("status").as_int64() == status);
            CHECK(std::string_view{one.at("title").as_string()} == title);
        }
        CHECK(is_found);
    }
    CHECK(described.as_array().size() == problem_descriptions.size());
    CHECK(has_page("index"));
}

TEST_CASE("problem: an answer is a problem details object", "[http]")
{
    const problem wrong{
        problem_kind::invalid_field,
        "It is \"bad\".",
        {{"pointer", "/a\"b", "is <bad>."}}};

    const auto made = answer(wrong, botapi::http::testing::make_request("/messages"));

    CHECK(made.status == 400);
    CHECK(
        made.headers.front() ==
        std::pair<std::string, std::string>{"Content-Type", "application/problem+json"}
    );
    const auto json = boost::json::parse(made.body);
    CHECK(json == boost::json::parse(R"({"type":"/problems/invalid-field","title":"Invalid field",
        "status":400,"detail":"It is \"bad\".","instance":"/messages",
        "errors":[{"pointer":"/a\"b","detail":"is <bad>."}]})"));
}

TEST_CASE("problem: temporary problems say when to retry", "[http]")
{
    for (const auto& description : problem_descriptions) {
        const auto made = answer({description.kind, "x"}, request{});
        const bool has = std::ranges::count(made.headers, "Retry-After", [](const auto& one) {
                             return one.first;
                         }) == 1;
        CHECK(has == (description.status == 503));
    }
}

TEST_CASE("problem: bytes of clients never break the JSON", "[http]")
{
    const std::string bad = GENERATE("\xff", "\xc3", "a\xed\xa0\x80z", "\x01\x1f\"\\", "\u2028");

    const auto text =
        to_json({problem_kind::invalid_parameter, bad, {{"parameter", bad, bad}}}, {"", bad});

    CHECK_NOTHROW(boost::json::parse(text));
}

TEST_CASE("problem: an instance is a URI reference, whatever the request's target", "[http]")
{
    const auto instance = [](std::string_view target) {
        const auto text = to_json({problem_kind::malformed_request, "It is bad."}, {"", target});
        return std::string{boost::json::parse(text).at("instance").as_string()};
    };

    CHECK(instance("/bots/%41;a=b:c@d") == "/bots/%41;a=b:c@d");
    for (int byte = 1; byte < 256; ++byte) {
        const auto c = static_cast<char>(byte);
        const bool is_plain =
            std::string_view{
                "/-._~!$&'()*+,;=:@0123456789"
                "abcdefghijklmnopqrstuvwxyz"
                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
                .find(c) != std::string_view::npos;
        CAPTURE(byte);
        CHECK((instance(std::string{'/', c}) == std::string{'/', c}) == is_plain);
        CHECK((instance(std::string{'/', c}).size() == 2) == is_plain);
    }
    CHECK(instance("a:b") == "a%3Ab");
    CHECK(instance("/%aF") == "/%aF");
    CHECK(instance("/%4g") == "/%254g");
    CHECK(instance("/%g4") == "/%25g4");
    CHECK(instance("/%") == "/%25");
    CHECK(instance("/%4") == "/%254");
    CHECK(instance("/%zz") == "/%25zz");
    CHECK(instance("/b\xf6 <\"ts\">") == "/b%F6%20%3C%22ts%22%3E");
    CHECK(instance("http://[::1/bots") == "http%3A//%5B%3A%3A1/bots");
}

TEST_CASE("problem: its type and its instance are under the prefix", "[http]")
{
    const problem fault{problem_kind::not_found, R"("type":"/problems/x","instance":"/x")"};
    const auto of = [&](std::string_view path) {
        return boost::json::parse(to_json(fault, {"/chat", path})).as_object();
    };

    CHECK(of("/bots").at("type") == "/chat/problems/not-found");
    CHECK(of("/bots").at("instance") == "/chat/bots");
    CHECK(std::string{of("/bots").at("detail").as_string()} == fault.detail);
    CHECK(of("x:y").at("instance") == "x%3Ay");

    request unread;
    unread.prefix = "/chat";
    CHECK(boost::json::parse(answer(fault, unread).body).at("instance") == "/chat/");
}

TEST_CASE("problem: a refusal of the core becomes a problem", "[http]")
{
    const auto why =
        botcore::refuse(botcore::errc::invalid_argument, "Faulty.", {{"/from", "is required."}});

    const auto made = problem_from(why, "/3");

    CHECK(made.kind == problem_kind::invalid_field);
    CHECK(made.detail == "Faulty.");
    REQUIRE(made.parts.size() == 1);
    CHECK(made.parts[0].where == "pointer");
    CHECK(made.parts[0].name == "/3/from");
}

TEST_CASE("problem: internal details are not shown to clients", "[http]")
{
    const auto made = problem_from(botcore::refuse(botcore::errc::internal, "SELECT * FROM x"));

    CHECK(made.kind == problem_kind::internal);
    CHECK(made.detail.find("SELECT") == std::string::npos);
}
