#include "adapters/wire/text_encoding.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace botapi::wire;
using namespace std::string_view_literals;

TEST_CASE("text_encoding: one byte order mark is skipped", "[wire]")
{
    CHECK(without_byte_order_mark("\xEF\xBB\xBF{}") == "{}");
    CHECK(without_byte_order_mark("\xEF\xBB\xBF\xEF\xBB\xBF") == byte_order_mark);
    CHECK(without_byte_order_mark("\xEF\xBB\xBF").empty());
    CHECK(without_byte_order_mark("\xEF\xBB") == "\xEF\xBB");
    CHECK(without_byte_order_mark(" \xEF\xBB\xBF") == " \xEF\xBB\xBF");
    CHECK(without_byte_order_mark("").empty());
}

TEST_CASE("text_encoding: wide texts are named, with and without a mark", "[wire]")
{
    const std::vector<std::pair<std::string_view, std::string>> cases{
        {"\xFF\xFE{\0}\0"sv, "UTF-16 (little-endian)"},
        {"\xFE\xFF\0{\0}"sv, "UTF-16 (big-endian)"},
        {"{\0}\0"sv, "UTF-16 (little-endian)"},
        {"\0{\0}"sv, "UTF-16 (big-endian)"},
        {"7\0"sv, "UTF-16 (little-endian)"},
        {"\0007"sv, "UTF-16 (big-endian)"},
        {"\xFF\xFE"sv, "UTF-16 (little-endian)"},
        {"\xFE\xFF"sv, "UTF-16 (big-endian)"},
        {"\xFF\xFE\0\0{\0\0\0"sv, "UTF-32 (little-endian)"},
        {"\0\0\xFE\xFF\0\0\0{"sv, "UTF-32 (big-endian)"},
        {"{\0\0\0}\0\0\0"sv, "UTF-32 (little-endian)"},
        {"\0\0\0{\0\0\0}"sv, "UTF-32 (big-endian)"}};
    for (const auto& [text, name] : cases) {
        CHECK(fault_of_wide_text(text) == "This is " + name + ". Encode it in UTF-8.");
        CHECK(fault_of_encoding(text) == fault_of_wide_text(text));
    }
    for (const auto text : {""sv, "{"sv, "{}"sv, "\0"sv, "\0\0"sv, "\xEF\xBB\xBF{}"sv, "\u00e9"sv})
        CHECK_FALSE(fault_of_wide_text(text));
}

TEST_CASE("text_encoding: the first byte that is not UTF-8 is named", "[wire]")
{
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"caf\xE9", "byte 0xe9 (at byte 3)"},
        {"\x80", "byte 0x80 (at byte 0)"},
        {"\xC0\xAF", "byte 0xc0 (at byte 0)"},
        {"a\xE0\x80\xAF", "byte 0xe0 (at byte 1)"},
        {"\xF4\x90\x80\x80", "byte 0xf4 (at byte 0)"},
        {"\xF8\x88\x80\x80\x80", "byte 0xf8 (at byte 0)"},
        {"ab\xC3", "byte 0xc3 (at byte 2)"},
        {"\xE2\x82", "byte 0xe2 (at byte 0)"},
        {"\xED\xA0\x80", "half of a surrogate pair (at byte 0)"},
        {"x\xED\xBF\xBF", "half of a surrogate pair (at byte 1)"}};
    for (const auto& [text, part] : cases) {
        const auto fault = fault_of_encoding(text);
        REQUIRE(fault);
        CHECK_THAT(*fault, Catch::Contains(std::string{part}));
        CHECK_THAT(*fault, Catch::Contains("not UTF-8"));
    }
    CHECK_FALSE(fault_of_encoding(""));
    CHECK_FALSE(
        fault_of_encoding("caf\xC3\xA9 \xED\x9F\xBF \xEE\x80\x80 \xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF")
    );
}
