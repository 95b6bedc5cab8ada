#include "adapters/wire/json_string.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include <string>

using botapi::wire::append_json;
using botapi::wire::append_printable_json;

namespace {

std::string in_json(std::string_view text)
{
    std::string out;
    append_json(out, text);
    return out;
}

std::string in_printable_json(std::string_view bytes)
{
    std::string out;
    append_printable_json(out, bytes);
    return out;
}

/// The same string as Boost.JSON, an independent implementation, writes it.
std::string by_boost(std::string_view text)
{
    return boost::json::serialize(boost::json::string_view{text.data(), text.size()});
}

}  // namespace

TEST_CASE("json_string: every byte of ASCII is written as Boost.JSON writes it")
{
    for (int code = 0; code < 128; ++code) {
        const std::string alone(1, static_cast<char>(code));
        CHECK(in_json(alone) == by_boost(alone));
        const std::string between = "a" + alone + "\xc3\xa9" + alone + alone + "z";
        CHECK(in_json(between) == by_boost(between));
    }
}

TEST_CASE("json_string: a written string is parsed back")
{
    std::string all;
    for (char32_t code = 0; code < 0x110000; code += code < 0x800 ? 1 : 97) {
        if (code >= 0xd800 && code < 0xe000)
            continue;
        if (code < 0x80) {
            all += static_cast<char>(code);
        } else if (code < 0x800) {
            all += static_cast<char>(0xc0 | (code >> 6U));
            all += static_cast<char>(0x80 | (code & 0x3fU));
        } else if (code < 0x10000) {
            all += static_cast<char>(0xe0 | (code >> 12U));
            all += static_cast<char>(0x80 | ((code >> 6U) & 0x3fU));
            all += static_cast<char>(0x80 | (code & 0x3fU));
        } else {
            all += static_cast<char>(0xf0 | (code >> 18U));
            all += static_cast<char>(0x80 | ((code >> 12U) & 0x3fU));
            all += static_cast<char>(0x80 | ((code >> 6U) & 0x3fU));
            all += static_cast<char>(0x80 | (code & 0x3fU));
        }
    }

    const auto written = in_json(all);

    CHECK(written == by_boost(all));
    const auto read = boost::json::parse(written).as_string();
    CHECK((std::string_view{read.data(), read.size()} == all));
}

TEST_CASE("json_string: a string is appended to a text")
{
    std::string out = "[";
    append_json(out, std::string_view{});
    CHECK(out == "[\"\"");
}

TEST_CASE("json_string: well-formed text is printable as it is, apart from control characters")
{
    const std::string text = "ol\xc3\xa1 \xed\x95\x9c\xf0\x9f\x98\x80 \"\\/\b\f\n\r\t\x01\x1b[31m";

    CHECK(in_printable_json(text) == in_json(text));
    CHECK(in_printable_json("\x7f") == R"("\u007f")");
    CHECK(in_printable_json("\xc2\x80\xc2\x9f\xc2\xa0") == "\"\\u0080\\u009f\xc2\xa0\"");
}

TEST_CASE("json_string: each byte that is not UTF-8 is printed as U+FFFD")
{
    const std::string replaced = "\xef\xbf\xbd";

    CHECK(in_printable_json("a\xff") == "\"a" + replaced + '"');
    CHECK(in_printable_json("\xe2\x82") == '"' + replaced + replaced + '"');
    CHECK(in_printable_json("\xed\xa0\x80") == '"' + replaced + replaced + replaced + '"');
}
