#include "adapters/http/codec/strict_json.hpp"

#include "tests/support/printers.hpp"

#include <random>
#include <string>
#include <vector>

using namespace botapi::http;

namespace {

std::string nested(std::size_t depth)
{
    return std::string(depth, '[') + std::string(depth, ']');
}

std::string why(std::string_view text)
{
    const auto read = parse_json(text);
    return read ? "accepted" : read.error().detail;
}

}  // namespace

TEST_CASE("strict_json: JSON texts are read", "[http]")
{
    const auto read = parse_json(" {\"a\" : [1, -2.5e3, \"\\u00e9\\ud83d\\ude00\", null, true]} \n"
    );

    REQUIRE(read);
    const auto& list = read->at("a").as_array();
    CHECK(list[0] == 1);
    CHECK(list[1] == -2500.0);
    CHECK(list[2].as_string() == "\u00e9\U0001f600");
    CHECK(list[3].is_null());
    CHECK(list[4].as_bool());
    CHECK(parse_json("7"));
    CHECK(parse_json("\"\""));
    CHECK(parse_json("\t[]\r\n"));
}

TEST_CASE("strict_json: text that is not JSON is refused", "[http]")
{
    const auto text = GENERATE(
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "// x\n1",
        "/* */1",
        "NaN",
        "Infinity",
        "-Infinity",
        "[NaN]",
        "01",
        "1.",
        ".5",
        "+1",
        "0x1",
        "1e",
        "tru",
        "nul",
        "\"\t\"",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"",
        "[1 2]",
        "{\"a\" 1}",
        "\xef\xbb\xbf{}"
    );

    const auto read = parse_json(text);

    REQUIRE_FALSE(read);
    CHECK(read.error().code == botcore::errc::invalid_argument);
    CHECK_FALSE(read.error().detail.empty());
}

TEST_CASE("strict_json: nothing may follow the value", "[http]")
{
    const auto text = GENERATE("{}x", "{} {}", "1 2", "[]]", "null,", "\"a\"\"b\"", "{}/**/");

    CHECK_FALSE(parse_json(text));
    CHECK_FALSE(parse_json(std::string_view{"{}\0", 3}));
}

TEST_CASE("strict_json: a key occurs once in an object", "[http]")
{
    CHECK_THAT(why(R"({"a":1,"b":2,"a":3})"), Catch::Contains("\"a\" occurs twice"));
    CHECK_FALSE(parse_json(R"({"a":1,"\u0061":2})"));
    CHECK_FALSE(parse_json(R"({"":1,"":2})"));
    CHECK_FALSE(parse_json(R"([{"x":{"y":1,"y":1}}])"));
    CHECK_FALSE(parse_json(R"({"a":{"a":1},"b":1,"a":1})"));

    CHECK(parse_json(R"({"a":{"a":{"a":1}},"b":{"a":1}})"));
    CHECK(parse_json(R"([{"a":1},{"a":1}])"));
    CHECK(parse_json(R"({"a":1,"A":1,"a ":1,"aa":1})"));
}

TEST_CASE("strict_json: a long duplicate key is not repeated in full", "[http]")
{
    const std::string key(100'000, 'k');

    CHECK(why("{\"" + key + "\":1,\"" + key + "\":2}").size() < 300);
}

TEST_CASE("strict_json: many keys take no quadratic time", "[http]")
{
    std::string text = "{";
    for (int at = 0; at < 100'000; ++at)
        text += "\"" + std::to_string(at) + "\":1,";
    text.back() = '}';

    CHECK(parse_json(text));
    text.back() = ',';
    CHECK_FALSE(parse_json(text + "\"0\":1}"));
}

TEST_CASE("strict_json: nesting is limited to 32 levels", "[http]")
{
    CHECK(parse_json(nested(32)));
    CHECK_THAT(why(nested(33)), Catch::Contains("deeper than 32"));
    CHECK_FALSE(parse_json(std::string(1'000'000, '[')));
    CHECK_FALSE(parse_json(nested(32).replace(32, 0, "{\"a\":1}")));
    CHECK(parse_json(nested(31).replace(31, 0, "{\"a\":1}")));
}

TEST_CASE("strict_json: only well-formed UTF-8 is read", "[http]")
{
    const auto bad = GENERATE(
        "\x80",
        "\xff",
        "\xc3",
        "\xc0\xaf",
        "\xe0\x80\xaf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80\x80",
        "\xe2\x82",
        "\xf0\x9f\x98"
    );

    CHECK_FALSE(parse_json(std::string{"\""} + bad + "\""));
    CHECK_FALSE(parse_json(std::string{"{\""} + bad + "\":1}"));
    CHECK_FALSE(parse_json(std::string{"[\"a\","} + bad + "]"));
}

TEST_CASE("strict_json: surrogates come in pairs", "[http]")
{
    const auto bad = GENERATE(
        R"("\ud800")",
        R"("\udc00")",
        R"("\ud800x")",
        R"("\ud800\u0041")",
        R"("\ud800\ud800")",
        R"("\udc00\ud800")",
        R"({"\ud800":1})",
        R"("\uD83D\n")"
    );

    CHECK_FALSE(parse_json(bad));
    CHECK(parse_json(R"("\ud83d\ude00")"));
}

TEST_CASE("strict_json: the refusal of another encoding names it", "[http]")
{
    using namespace std::string_view_literals;
    CHECK_THAT(why("{\0\"\0"sv), Catch::Contains("UTF-16 (little-endian)"));
    CHECK_THAT(why("\0{\0\""sv), Catch::Contains("UTF-16 (big-endian)"));
    CHECK_THAT(why("\xFF\xFE{\0"sv), Catch::Contains("UTF-16 (little-endian)"));
    CHECK_THAT(why("{\"a\":\"caf\xE9\"}"), Catch::Contains("0xe9 (at byte 9)"));
    CHECK_THAT(why("\"\xED\xA0\xBD\xED\xB8\x80\""), Catch::Contains("surrogate"));
    CHECK_THAT(why(R"("\ud83d")"), Catch::Contains("surrogate"));
    CHECK_THAT(why(R"("\ude00")"), Catch::Contains("surrogate"));
    CHECK_THAT(why(R"("\ud83dx")"), Catch::Contains("surrogate"));
    CHECK_THAT(why(R"("\ud83d\u0041")"), Catch::Contains("surrogate"));
    CHECK_THAT(why(R"({"\ud83d":1})"), Catch::Contains("surrogate"));
    CHECK_THAT(why("\xEF\xBB\xBF{}"), Catch::Contains("byte order mark"));
    CHECK_THAT(why(""), Catch::Contains("empty"));
    CHECK_THAT(why(" \r\n"), Catch::Contains("empty"));
    CHECK_THAT(why("{"), !Catch::Contains("empty"));
}

TEST_CASE("strict_json: numbers may have any length and size", "[http]")
{
    CHECK(parse_json("123456789012345678901234567890"));
    CHECK(parse_json("0." + std::string(10'000, '3')));
    CHECK(parse_json("18446744073709551616"));
    CHECK(parse_json("-9223372036854775809"));
    CHECK(parse_json("1e308"));
    CHECK(parse_json("-0"));
    CHECK(parse_json("1E-400"));
}

TEST_CASE("strict_json: random bytes never do harm", "[http]")
{
    std::mt19937 random{GENERATE(range(1U, 5U))};
    static constexpr std::string_view alphabet =
        "{}[]:,\"\\ \t\n0123456789.eE+-truefalsn\\u\xc3\xa9\xed\xa0\x80\xff\0/*";

    for (int round = 0; round < 20'000; ++round) {
        std::string text(random() % 40, ' ');
        for (char& c : text)
            c = random() % 8 == 0 ? static_cast<char>(random() % 256)
                                  : alphabet[random() % alphabet.size()];
        const auto read = parse_json(text);
        if (!read && read.error().code != botcore::errc::invalid_argument)
            FAIL(text);
    }
}

TEST_CASE("strict_json: a text with one byte changed is read or refused, never worse", "[http]")
{
    std::mt19937 random{7};
    const std::string good =
        R"({"a":[1,2.5,{"b":"\u00e9\ud83d\ude00"}],"c":null,"d":{"e":[[],{}]},"f":"caf\u00e9"})";

    for (std::size_t at = 0; at < good.size(); ++at) {
        for (int round = 0; round < 256; ++round) {
            std::string text = good;
            text[at] = static_cast<char>(round);
            static_cast<void>(parse_json(text));
            static_cast<void>(parse_json(std::string_view{text}.substr(0, random() % text.size())));
        }
    }
    CHECK(parse_json(good));
}
