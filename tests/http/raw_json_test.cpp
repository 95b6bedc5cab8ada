#include "adapters/http/codec/raw_json.hpp"

#include "adapters/http/codec/strict_json.hpp"
#include "tests/support/printers.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <random>
#include <string>

using namespace botapi::http;

namespace {

/// A random JSON value with white space wherever it may stand.
class json_writer {
public:
    explicit json_writer(unsigned seed) : random_{seed} {}

    std::string value(int depth)
    {
        static constexpr std::array<const char*, 8> plain{
            "0",
            "-1.50e+3",
            "true",
            "null",
            R"("")",
            R"("a\"]}\\")",
            R"("{[,:")",
            "\"\xc3\xa9\\u0000\""};
        const auto kind = random_() % (depth > 0 ? 4U : 2U);
        if (kind < 2)
            return plain[random_() % std::size(plain)];
        const bool is_object = kind == 2;
        std::string text = is_object ? "{" : "[";
        const auto count = random_() % 4;
        for (unsigned at = 0; at < count; ++at) {
            text += at > 0 ? "," : "";
            if (is_object)
                text += space() + "\"k" + std::to_string(at) + "\"" + space() + ":";
            text += space() + value(depth - 1) + space();
        }
        return text + space() + (is_object ? "}" : "]");
    }

    std::string space()
    {
        static constexpr std::array<const char*, 6> all{"", "", " ", "\n", "\t ", "\r\n"};
        return all[random_() % std::size(all)];
    }

private:
    std::mt19937 random_;
};

}  // namespace

TEST_CASE("raw_json: the text of a member is kept byte for byte", "[http]")
{
    const std::string text =
        " { \"a\" : 1.0 ,\n\"metadata\":\t{ \"x\" : [1 , 2.50,\"}\\\"\"] } , \"b\":\"metadata\"} ";
    REQUIRE(parse_json(text));

    CHECK(raw_member(text, "metadata") == "{ \"x\" : [1 , 2.50,\"}\\\"\"] }");
    CHECK(raw_member(text, "a") == "1.0");
    CHECK(raw_member(text, "b") == "\"metadata\"");
    CHECK(raw_member(text, "x").empty());
    CHECK(raw_member("{}", "x").empty());
    CHECK(raw_member(" { } ", "x").empty());
}

TEST_CASE("raw_json: a key is found however it is written", "[http]")
{
    CHECK(raw_member(R"({"\u006detadata":{"a":1}})", "metadata") == R"({"a":1})");
    CHECK(raw_member(R"({"\"":1,"a\\":2,"metadata":{}})", "metadata") == "{}");
    CHECK(raw_member(R"({"x":{"metadata":1},"metadata":2})", "metadata") == "2");
}

TEST_CASE("raw_json: elements are complete and in order", "[http]")
{
    CHECK(raw_elements("[]").empty());
    CHECK(raw_elements(" [ \n] ").empty());
    CHECK(
        raw_elements(" [ {\"a\" : 1} , [ ] ,\"],\", -1e3,null ] ") ==
        std::vector<std::string_view>{"{\"a\" : 1}", "[ ]", "\"],\"", "-1e3", "null"}
    );
}

TEST_CASE("raw_json: members and elements are those that a parser finds", "[http]")
{
    json_writer write{GENERATE(range(1U, 20U))};

    for (int round = 0; round < 200; ++round) {
        const std::string text = write.space() + write.value(5) + write.space();
        const auto read = parse_json(text);
        REQUIRE(read);
        if (const auto* const object = read->if_object()) {
            for (const auto& member : *object) {
                const auto raw = raw_member(text, {member.key().data(), member.key().size()});
                REQUIRE(boost::json::parse({raw.data(), raw.size()}) == member.value());
                REQUIRE(text.find(raw) != std::string::npos);
            }
        }
        if (const auto* const array = read->if_array()) {
            const auto raws = raw_elements(text);
            REQUIRE(raws.size() == array->size());
            for (std::size_t at = 0; at < raws.size(); ++at)
                REQUIRE(boost::json::parse({raws[at].data(), raws[at].size()}) == array->at(at));
        }
    }
}
