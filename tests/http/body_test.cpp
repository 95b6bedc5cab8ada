#include "adapters/http/codec/json_body.hpp"
#include "adapters/http/codec/object_reader.hpp"
#include "adapters/http/protocol/idempotency_header.hpp"
#include "tests/http/kit.hpp"
#include "tests/http/run.hpp"
#include "tests/support/printers.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>

using namespace botapi::http;
using namespace botapi::http::testing;

namespace {

std::variant<json_body, problem> read(given_body body, const limits& limits = {})
{
    request request = make_request("/");
    request.body = &body;
    boost::asio::io_context loop;
    return run(loop, read_json(request, limits));
}

problem_kind kind_of(const std::variant<json_body, problem>& read)
{
    return std::get<problem>(read).kind;
}

botcore::result<std::optional<botcore::idempotency_key>> key_of(const header_list& headers)
{
    return read_idempotency_key(make_request("/", headers));
}

std::string key_text(const std::string& header)
{
    const auto key = key_of({{"Idempotency-Key", header}});
    return key ? (*key)->text() : "refused";
}

}  // namespace

TEST_CASE("body: the parts of a body are one JSON text", "[http]")
{
    const auto whole = read(given_body{{"{\"a\":", "\"\xc3", "\xa9\"} "}});

    const auto& body = std::get<json_body>(whole);
    CHECK(body.text == "{\"a\":\"\u00e9\"} ");
    CHECK(body.value.at("a").as_string() == "\u00e9");
    CHECK(kind_of(read(given_body{{}})) == problem_kind::malformed_json);
    CHECK(kind_of(read(given_body{{"{", "}", "}"}})) == problem_kind::malformed_json);
}

TEST_CASE("body: a byte order mark is not part of the text", "[http]")
{
    const auto whole = read(given_body{{"\xEF", "\xBB\xBF{\"a\"", ":1}"}});

    const auto& body = std::get<json_body>(whole);
    CHECK(body.text == "{\"a\":1}");
    CHECK(body.value.at("a") == 1);
    const auto nothing = std::get<problem>(read(given_body{{"\xEF\xBB\xBF"}}));
    CHECK(nothing.detail == std::get<problem>(read(given_body{{}})).detail);
    CHECK(
        kind_of(read(given_body{{"\xEF\xBB\xBF\xEF\xBB\xBF{}"}})) == problem_kind::malformed_json
    );
}

TEST_CASE("body: the size limit is exact, with and without Content-Length", "[http]")
{
    const limits limits{.body_size_max = 10};

    CHECK(read(given_body{{"\"12345", "678\""}}, limits).index() == 0);
    CHECK(kind_of(read(given_body{{"\"12345", "6789\""}}, limits)) == problem_kind::body_too_large);
    given_body announced{{}};
    announced.announced = 11;
    CHECK(kind_of(read(announced, limits)) == problem_kind::body_too_large);
    CHECK(
        std::get<problem>(read(announced, limits)).detail ==
        "The body is larger than 10 bytes. Send many messages as application/x-ndjson, which has "
        "no limit."
    );
}

TEST_CASE("body: what is held of a body is counted until it is whole", "[http]")
{
    const auto read_with = [](given_body body, std::size_t held_max) {
        memory_budget budget{held_max, held_max};
        memory_budget::share held{budget, "a"};
        request request = make_request("/");
        request.body = &body;
        request.held = &held;
        boost::asio::io_context loop;
        return run(loop, read_json(request, {}));
    };
    given_body announced{{"[1,", "2]"}};
    announced.announced = 5;

    CHECK(read_with(announced, 3).index() == 0);
    CHECK(kind_of(read_with(announced, 2)) == problem_kind::overloaded);
    CHECK(
        std::get<problem>(read_with(announced, 2)).detail ==
        "The server holds too many unfinished bodies, of all clients or of yours. Try again "
        "later, with fewer requests at once."
    );
    CHECK(kind_of(read_with(given_body{{"[1,", "2]"}}, 4)) == problem_kind::overloaded);
    CHECK(read_with(given_body{{"[1,", "2]"}}, 5).index() == 0);
}

TEST_CASE("body: a refused body gives back what it held before its answer is sent", "[http]")
{
    memory_budget budget{8, 8};
    memory_budget::share held{budget, "a"};
    memory_budget::share of_another{budget, "a"};
    given_body body{{"[1,", "234567", "]"}};
    request request = make_request("/");
    request.body = &body;
    request.held = &held;
    boost::asio::io_context loop;

    CHECK(kind_of(run(loop, read_json(request, {}))) == problem_kind::overloaded);

    CHECK(of_another.resize(8));
}

TEST_CASE("body: the time limit of the answer begins after the body", "[http]")
{
    given_body body{{"1"}};
    request request = make_request("/");
    request.body = &body;
    request.until = {};

    boost::asio::io_context loop;
    run(loop, read_json(request, {}));

    CHECK(request.until.end > std::chrono::steady_clock::now());
}

TEST_CASE("object_reader: a member that is not text is a fault", "[http]")
{
    const auto value = boost::json::parse(R"({"a":"x","b":null,"c":1,"d":{},"e":[]})");
    object_reader body{value, {"a", "b", "c", "d", "e", "f"}};

    CHECK(body.text("a") == "x");
    CHECK_FALSE(body.text("b"));
    CHECK_FALSE(body.text("c"));
    CHECK_FALSE(body.text("f"));
    CHECK(body.has_object("d"));
    CHECK_FALSE(body.has_object("e"));
    CHECK_FALSE(body.has_object("f"));
    const auto why = body.merge(nullptr);
    REQUIRE(why);
    CHECK(
        why->faults ==
        std::vector<botcore::fault>{
            {"/b", "must not be null."},
            {"/c", "must be a string."},
            {"/e", "must be an object."}}
    );
}

TEST_CASE("object_reader: numbers, flags and lists are read as what they are", "[http]")
{
    const auto value = boost::json::parse(
        R"({"n":7,"half":0.5,"no":null,"yes":true,"one":1,"list":["a","b"],"mixed":["a",1,null],"o":{}})"
    );
    object_reader body{value, {"n", "half", "no", "yes", "one", "list", "mixed", "o", "missing"}};

    CHECK(body.number("n") == 7);
    CHECK_FALSE(body.number("half"));
    CHECK_FALSE(body.number("no"));
    CHECK_FALSE(body.number("missing"));
    CHECK(body.flag("yes") == true);
    CHECK_FALSE(body.flag("one"));
    CHECK_FALSE(body.flag("missing"));
    CHECK(body.texts("list") == std::vector<std::string_view>{"a", "b"});
    CHECK(body.texts("mixed") == std::vector<std::string_view>{"a"});
    CHECK(body.texts("o").empty());
    CHECK(body.texts("missing").empty());
    const auto why = body.merge(nullptr);
    REQUIRE(why);
    CHECK(
        why->faults ==
        std::vector<botcore::fault>{
            {"/half", "must be a whole number."},
            {"/no", "must not be null."},
            {"/one", "must be true or false."},
            {"/mixed/1", "must be a string."},
            {"/mixed/2", "must be a string."},
            {"/o", "must be an array of strings."}}
    );
}

TEST_CASE("object_reader: an answer names a hundred faulty members at most", "[http]")
{
    const auto faults_with = [](std::size_t count) {
        boost::json::object members;
        for (std::size_t at = 0; at < count; ++at)
            members["x" + std::to_string(at)] = 1;
        const boost::json::value unknown = members;
        const boost::json::value within{{"m", members}};
        object_reader body{unknown, {}};
        object_reader nested{within, {"m"}};
        CHECK(nested.text_members("m")->empty());
        return std::pair{body.merge(nullptr)->faults, nested.merge(nullptr)->faults};
    };

    CHECK(faults_with(100).first.size() == 100);
    CHECK(faults_with(100).first.back().pointer == "/x99");
    CHECK(faults_with(102).first.size() == 101);
    CHECK(
        faults_with(102).first.back() ==
        botcore::fault{"", "has even more unknown fields. Remove them."}
    );
    CHECK(faults_with(100).second.size() == 100);
    CHECK(faults_with(102).second.size() == 100);
    CHECK(faults_with(1).second.front() == botcore::fault{"/m/x0", "must be a string."});
}

TEST_CASE("object_reader: unknown members are named by their pointers", "[http]")
{
    const auto value = boost::json::parse(R"({"a":"x","~/x":1,"":2})");
    object_reader body{value, {"a"}};
    CHECK(body.text("a") == "x");

    const auto why = body.merge(nullptr);

    REQUIRE(why);
    CHECK(why->faults.size() == 2);
    CHECK(why->faults[0].pointer == "/~0~1x");
    CHECK(why->faults[1].pointer == "/");
}

TEST_CASE("object_reader: faults from the core are in the order of the fields", "[http]")
{
    const auto value = boost::json::parse(R"({"b":1,"c":"x"})");
    object_reader body{value, {"a", "b", "c"}};
    CHECK_FALSE(body.text("a"));
    CHECK_FALSE(body.text("b"));
    CHECK(body.text("c") == "x");
    const auto core = botcore::refuse(
        botcore::errc::invalid_argument,
        "faulty",
        {{"/c", "is bad."}, {"/b", "is required."}, {"/a", "is required."}}
    );

    const auto why = body.merge(&core);

    REQUIRE(why);
    CHECK(
        why->faults ==
        std::vector<botcore::fault>{
            {"/a", "is required."},
            {"/b", "must be a string."},
            {"/c", "is bad."}}
    );
}

TEST_CASE("object_reader: other refusals of the core are unchanged", "[http]")
{
    const auto value = boost::json::parse(R"({"a":"x"})");
    object_reader body{value, {"a"}};
    CHECK(body.text("a") == "x");
    const auto core = botcore::refuse(botcore::errc::same_participant, "The same.");

    CHECK(body.merge(&core) == core);
    CHECK_FALSE(body.merge(nullptr));
}

TEST_CASE("object_reader: a body that is not an object has one fault", "[http]")
{
    const auto value = boost::json::parse(GENERATE("1", "null", "[]", "\"a\"", "[{\"a\":1}]"));
    object_reader body{value, {"a"}};
    CHECK_FALSE(body.text("a"));
    const auto core =
        botcore::refuse(botcore::errc::invalid_argument, "faulty", {{"/a", "is required."}});

    const auto why = body.merge(&core);

    REQUIRE(why);
    CHECK(why->faults == std::vector<botcore::fault>{{"", "must be a JSON object."}});
}

TEST_CASE("body: an idempotency key is a token or a quoted string", "[http]")
{
    CHECK(key_text("abc-123") == "abc-123");
    CHECK(key_text("\"abc 123\"") == "abc 123");
    CHECK(key_text(R"("a\"b\\c")") == R"(a"b\c)");
    CHECK_FALSE(*key_of({}));

    const auto bad = GENERATE(
        "",
        "\"",
        "\"\"",
        "\"a",
        R"("a\")",
        R"("a\n")",
        "\"a\"b\"",
        "\"a\";x=1",
        "\xc3\xa9",
        "\"\xff\""
    );
    CHECK(key_text(bad) == "refused");
    CHECK(key_text(std::string(255, 'x')).size() == 255);
    CHECK(key_text(std::string(256, 'x')) == "refused");
    CHECK_FALSE(key_of({{"Idempotency-Key", "a"}, {"Idempotency-Key", "a"}}));
}
