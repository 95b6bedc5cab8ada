#include "adapters/http/api/parameters.hpp"

#include "tests/http/kit.hpp"

using namespace botapi::http;
using namespace botapi::http::testing;

namespace {

/// The names of the parameters that are at fault.
std::vector<std::string> named(const std::optional<problem>& fault)
{
    std::vector<std::string> names;
    if (fault) {
        for (const auto& part : fault->parts) {
            CHECK(part.where == "parameter");
            names.push_back(part.name);
        }
    }
    return names;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("parameters: all unknown and repeated parameters are named together", "[http]")
{
    const auto request = make_request("/?limit=1&x=1&limit=2&y=2&x=3");

    const auto fault = parameter_reader{request, {"limit", "cursor"}}.fault();

    CHECK(named(fault) == names{"x", "limit", "y", "x"});
    CHECK(fault->kind == problem_kind::invalid_parameter);
    CHECK_THAT(fault->parts[0].detail, Catch::Contains("limit cursor"));
    CHECK_FALSE(parameter_reader(make_request("/?limit=1"), {"limit"}).fault());
}

TEST_CASE("parameters: ids are UUIDs of either case", "[http]")
{
    const auto request = make_request("/?a=36B9F842-ee97-11e8-9443-0242ac120002&b=1&c=");
    parameter_reader read{request, {"a", "b", "c", "d"}};

    CHECK(read.id<botcore::bot_id>("a")->text() == "36b9f842-ee97-11e8-9443-0242ac120002");
    CHECK_FALSE(read.id<botcore::bot_id>("b"));
    CHECK_FALSE(read.id<botcore::bot_id>("c"));
    CHECK_FALSE(read.id<botcore::bot_id>("d"));
    CHECK(named(read.fault()) == names{"b", "c"});
}

TEST_CASE("parameters: instants are RFC 3339", "[http]")
{
    const auto request = make_request("/?a=2020-01-01T00:00:00+01:00&b=yesterday&c=2020-01-01");
    parameter_reader read{request, {"a", "b", "c"}};

    const auto expected = botcore::timestamp::parse("2019-12-31T23:00:00Z");
    CHECK(read.instant("a") == expected->at());
    CHECK_FALSE(read.instant("b"));
    CHECK_FALSE(read.instant("c"));
    CHECK(named(read.fault()) == names{"b", "c"});
}

TEST_CASE("parameters: a limit is 1 to 1000", "[http]")
{
    const std::string value = GENERATE(
        "0",
        "1001",
        "-1",
        "+1",
        "1.0",
        "1e2",
        " 1",
        "x",
        "",
        "99999999999999999999999",
        "0x10"
    );
    const auto good = make_request("/?limit=1000");
    request bad = make_request("/");
    bad.parameters.emplace_back("limit", value);
    parameter_reader read{bad, {"limit"}};

    CHECK(parameter_reader(good, {"limit"}).limit("limit") == 1000U);
    CHECK_FALSE(read.limit("limit"));
    CHECK(named(read.fault()) == names{"limit"});
}

TEST_CASE("parameters: a word must be a known one", "[http]")
{
    const auto request = make_request("/?a=inbound&b=outbound&c=Inbound&d=asc&e=desc&f=down");
    parameter_reader read{request, {"a", "b", "c", "d", "e", "f", "g"}};

    CHECK(read.direction("a") == botcore::direction::inbound);
    CHECK(read.direction("b") == botcore::direction::outbound);
    CHECK_FALSE(read.direction("c"));
    CHECK_FALSE(read.direction("g"));
    CHECK(read.order("d") == botcore::sort_order::ascending);
    CHECK(read.order("e") == botcore::sort_order::descending);
    CHECK(read.order("g") == botcore::sort_order::ascending);
    CHECK(read.order("f") == botcore::sort_order::ascending);
    CHECK(named(read.fault()) == names{"c", "f"});
}

TEST_CASE("parameters: `include` is a list of known names", "[http]")
{
    for (const std::string good : {"/?include=seq", "/?include=seq,seq", "/?include=seq%2Cseq"}) {
        const auto request = make_request(good);
        parameter_reader read{request, {"include"}};
        CHECK(read.extras("include").has_seq);
        CHECK_FALSE(read.fault());
    }
    const auto none = make_request("/");
    parameter_reader without{none, {"include"}};
    CHECK_FALSE(without.extras("include").has_seq);
    CHECK_FALSE(without.fault());
}

TEST_CASE("parameters: an unknown name in `include` is reported, with the known ones", "[http]")
{
    const auto [query, unknown] = GENERATE(table<std::string, std::string>(
        {{"include=x", "\"x\""},
         {"include=", "\"\""},
         {"include=seq,", "\"\""},
         {"include=,seq", "\"\""},
         {"include=seq,x,y", "\"x\""},
         {"include=SEQ", "\"SEQ\""},
         {"include=seq,%20seq", "\" seq\""}}
    ));
    const auto request = make_request("/?" + query);
    parameter_reader read{request, {"include"}};

    static_cast<void>(read.extras("include"));

    const auto fault = read.fault();
    CHECK(named(fault) == names{"include"});
    CHECK_THAT(fault->parts[0].detail, Catch::Contains(unknown));
    CHECK_THAT(fault->parts[0].detail, Catch::Contains("Known are: seq."));
}

TEST_CASE("parameters: a route without parameters reports all of them", "[http]")
{
    CHECK(named(refuse_parameters(make_request("/?a=1&b=2"))) == names{"a", "b"});
    CHECK_FALSE(refuse_parameters(make_request("/")));
    CHECK_FALSE(refuse_parameters(make_request("/?")));
}

TEST_CASE("parameters: links keep the query and change the cursor", "[http]")
{
    const auto request =
        make_request("/messages?botId=1&since=2020-01-01T00:00:00%2B01:00&cursor=old");

    const auto links = page_links(request, "abc", "def");

    CHECK(
        links ==
        "</messages?botId=1&since=2020-01-01T00:00:00+01:00&cursor=abc>; rel=\"next\", "
        "</messages?botId=1&since=2020-01-01T00:00:00+01:00&cursor=def>; rel=\"prev\", "
        "</messages?botId=1&since=2020-01-01T00:00:00+01:00>; rel=\"first\""
    );
    CHECK(page_links(request, std::nullopt, std::nullopt).empty());
}
