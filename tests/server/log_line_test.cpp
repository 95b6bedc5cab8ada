#include "adapters/logging/line.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <random>

using namespace botapi::logging;
using botcore::log_field;
using botcore::severity;

namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;

/// 2018-11-16T23:30:52.6917722Z
const std::chrono::system_clock::time_point moment{1'542'411'052'691'772'200ns};

record record_of(std::initializer_list<log_field> fields, std::string_view event = "happened")
{
    return {moment, severity::info, event, std::span{fields.begin(), fields.size()}};
}

std::string in_json(std::string_view text)
{
    const std::initializer_list<log_field> fields{{"x", text}};
    const auto line = json_line(record_of(fields));
    return std::string{boost::json::parse(line).as_object().at("x").as_string()};
}

/// Random bytes, many of them boundary values of well-formed UTF-8.
std::string hostile_text(std::mt19937& random)
{
    constexpr std::string_view edges =
        "\x00\x01\x1b\x1f\"\\/{}\n\r\t "
        "a\x7f\x80\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xed\xef\xf0\xf4\xf5"
        "\xff"sv;
    std::string text(random() % 12, ' ');
    for (auto& character : text) {
        character = random() % 2 == 0 ? edges[random() % edges.size()]
                                      : static_cast<char>(random() % 256);
    }
    return text;
}

}  // namespace

TEST_CASE("log_line: JSON has time, level and event, then the fields in order")
{
    const std::initializer_list<log_field> fields{
        {"text", std::string_view{"Oi"}},
        {"less", std::int64_t{-3}},
        {"more", std::numeric_limits<std::uint64_t>::max()},
        {"part", 0.5},
        {"good", true}};

    CHECK(
        json_line(record_of(fields)) ==
        R"({"time":"2018-11-16T23:30:52.691772Z","level":"info","event":"happened",)"
        R"("text":"Oi","less":-3,"more":18446744073709551615,"part":0.5,"good":true})"
    );
}

TEST_CASE("log_line: a time before 1970 can be written")
{
    const record early{std::chrono::system_clock::time_point{-1ns}, severity::error, "x", {}};

    CHECK(json_line(early).starts_with(R"({"time":"1969-12-31T23:59:59.999999Z","level":"error")"));
}

TEST_CASE("log_line: each severity has its name")
{
    const auto [severity, name] = GENERATE(table<botcore::severity, std::string>(
        {{severity::debug, "debug"},
         {severity::info, "info"},
         {severity::warning, "warning"},
         {severity::error, "error"}}
    ));

    const auto line = boost::json::parse(json_line({moment, severity, "x", {}}));

    CHECK(line.at("level").as_string() == name);
}

TEST_CASE("log_line: well-formed text is kept unchanged")
{
    for (const std::string text :
         {"",
          "Oi! \"\\/",
          "olá",
          "한국어",
          "\xf0\x9f\x98\x80",
          "a\nb\tc\r",
          "\x1b[31m",
          "\xc2\x85"})
        CHECK(in_json(text) == text);
    CHECK(in_json(std::string_view{"a\0b", 3}) == std::string{"a\0b", 3});
}

TEST_CASE("log_line: invalid UTF-8 is replaced byte by byte")
{
    const std::string replaced = "\xef\xbf\xbd";

    CHECK(
        in_json("a\xff"
                "b") == "a" + replaced + "b"
    );
    CHECK(in_json("\xc0\xaf") == replaced + replaced);
    CHECK(in_json("\xed\xa0\x80") == replaced + replaced + replaced);
    CHECK(in_json("\xf4\x90\x80\x80") == replaced + replaced + replaced + replaced);
    CHECK(in_json("\xe2\x82") == replaced + replaced);
}

TEST_CASE("log_line: any bytes give one line of valid JSON")
{
    std::mt19937 random{20'181'116};  // NOLINT: the same in every run
    for (int round = 0; round < 20'000; ++round) {
        const auto name = hostile_text(random);
        const auto value = hostile_text(random);
        const auto event = hostile_text(random);
        const std::initializer_list<log_field> fields{{name, value}, {"last", true}};

        const auto json = json_line(record_of(fields, event));
        const auto text = text_line(record_of(fields, event));

        boost::system::error_code failure;
        const auto parsed = boost::json::parse(json, failure);
        REQUIRE_FALSE(failure);
        REQUIRE(parsed.at("last").as_bool());
        REQUIRE(json.find('\n') == std::string::npos);
        REQUIRE(text.find_first_of("\n\r\x1b\x7f") == std::string::npos);
    }
}

TEST_CASE("log_line: numbers that are not finite are null")
{
    const std::initializer_list<log_field> fields{{"x", std::nan("")}, {"y", HUGE_VAL}};

    CHECK(json_line(record_of(fields)).ends_with(R"("x":null,"y":null})"));
}

TEST_CASE("log_line: a field can't replace the time, level or event of a line")
{
    const std::initializer_list<log_field> fields{{"event", std::string_view{"forged"}}};

    CHECK(json_line(record_of(fields)).ends_with(R"("event":"happened","event_":"forged"})"));
}

TEST_CASE("log_line: in a line of text no value can forge another field")
{
    const std::initializer_list<log_field> fields{
        {"address", std::string_view{"[::1]:8000"}},
        {"what", std::string_view{"a b\nfake=1"}},
        {"empty", std::string_view{}},
        {"count", std::uint64_t{3}}};

    CHECK(
        text_line(record_of(fields)) ==
        "2018-11-16T23:30:52.691772Z INFO    happened  address=[::1]:8000  "
        "what=\"a b\\nfake=1\"  empty=\"\"  count=3"
    );
}
