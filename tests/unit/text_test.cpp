#include "tests/unit/fakes.hpp"

#include <botcore/domain/text.hpp>

#include <array>
#include <string>

using namespace botcore;

namespace {

/// Straight from Unicode 15, table 3-7, with no cleverness: which four-byte windows are
/// well-formed.
struct row {
    std::array<unsigned, 2> first;
    std::array<unsigned, 2> second;
    std::size_t size;
};

constexpr std::array<row, 9> table_3_7{{
    {{0x00, 0x7f}, {0, 0}, 1},
    {{0xc2, 0xdf}, {0x80, 0xbf}, 2},
    {{0xe0, 0xe0}, {0xa0, 0xbf}, 3},
    {{0xe1, 0xec}, {0x80, 0xbf}, 3},
    {{0xed, 0xed}, {0x80, 0x9f}, 3},
    {{0xee, 0xef}, {0x80, 0xbf}, 3},
    {{0xf0, 0xf0}, {0x90, 0xbf}, 4},
    {{0xf1, 0xf3}, {0x80, 0xbf}, 4},
    {{0xf4, 0xf4}, {0x80, 0x8f}, 4},
}};

std::size_t size_of_sequence(unsigned first, unsigned second)
{
    for (const auto& one : table_3_7) {
        if (first < one.first[0] || first > one.first[1])
            continue;
        if (one.size == 1 || (second >= one.second[0] && second <= one.second[1]))
            return one.size;
    }
    return 0;
}

std::string utf8(char32_t point)
{
    const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
    if (point < 0x80)
        return {byte(point)};
    if (point < 0x800)
        return {byte(0xc0 | point >> 6U), byte(0x80 | (point & 0x3fU))};
    if (point < 0x10000) {
        return {
            byte(0xe0 | point >> 12U),
            byte(0x80 | (point >> 6U & 0x3fU)),
            byte(0x80 | (point & 0x3fU))};
    }
    return {
        byte(0xf0 | point >> 18U),
        byte(0x80 | (point >> 12U & 0x3fU)),
        byte(0x80 | (point >> 6U & 0x3fU)),
        byte(0x80 | (point & 0x3fU))};
}

/// PropList.txt of Unicode 15, `White_Space`: 25 code points.
constexpr std::array<char32_t, 25> white_space{
    0x09,   0x0a,   0x0b,   0x0c,   0x0d,   0x20,   0x85,   0xa0,   0x1680,
    0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008,
    0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};

}  // namespace

TEST_CASE("text: every pair of leading bytes is judged as in table 3-7")
{
    int wrong = 0;
    for (unsigned first = 0; first < 256; ++first) {
        for (unsigned second = 0; second < 256; ++second) {
            std::string text{static_cast<char>(first), static_cast<char>(second), '\x80', '\x80'};
            const std::size_t size = size_of_sequence(first, second);
            if (size == 1) {
                wrong += count_code_points(text.substr(0, 1)) == 1U ? 0 : 1;
                continue;
            }
            text.resize(size == 0 ? 4 : size);
            const auto expected = size == 0 ? std::nullopt : std::optional{std::size_t{1}};
            wrong += count_code_points(text) == expected ? 0 : 1;
        }
    }

    CHECK(wrong == 0);
}

TEST_CASE("text: every code point except the surrogates is counted once")
{
    std::size_t wrong = 0;
    for (char32_t point = 0; point <= 0x10ffff; ++point) {
        const bool is_surrogate = point >= 0xd800 && point <= 0xdfff;
        const auto expected = is_surrogate ? std::nullopt : std::optional{std::size_t{1}};
        wrong += count_code_points(utf8(point)) == expected ? 0U : 1U;
    }

    CHECK(wrong == 0);
}

TEST_CASE("text: a sequence that is cut short is not well-formed")
{
    for (const std::string whole : {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
        CHECK(count_code_points("a" + whole + "b") == 3U);
        for (std::size_t size = 1; size < whole.size(); ++size) {
            CHECK_FALSE(count_code_points(whole.substr(0, size)));
            CHECK_FALSE(count_code_points("a" + whole.substr(0, size) + "b"));
        }
    }
}

TEST_CASE("text: a wrong byte at any later index is not well-formed")
{
    for (const char wrong : {'\x00', '\x7f', '\xc0', '\xff'}) {
        CHECK_FALSE(count_code_points(std::string{'\xe2', '\x82', wrong}));
        CHECK_FALSE(count_code_points(std::string{'\xf0', '\x9f', wrong, '\x80'}));
        CHECK_FALSE(count_code_points(std::string{'\xf0', '\x9f', '\x98', wrong}));
    }
}

TEST_CASE("text: code points are counted, not bytes")
{
    CHECK(count_code_points("") == 0U);
    CHECK(count_code_points("Olá") == 3U);
    CHECK(count_code_points("a\xcc\x81") == 2U);
    CHECK(count_code_points("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb") == 3U);
}

TEST_CASE("text: exactly the white space of Unicode is blank")
{
    std::size_t count = 0;
    for (char32_t point = 0; point <= 0x10ffff; ++point) {
        if (point < 0xd800 || point > 0xdfff)
            count += is_blank(utf8(point)) ? 1U : 0U;
    }

    CHECK(count == white_space.size());
    for (const char32_t point : white_space)
        CHECK(is_blank(utf8(point)));
}

TEST_CASE("text: a text is blank if all its characters are white space")
{
    std::string all;
    for (const char32_t point : white_space)
        all += utf8(point);

    CHECK(is_blank(""));
    CHECK(is_blank(all));
    CHECK_FALSE(is_blank(all + "."));
    CHECK_FALSE(is_blank("." + all));
    CHECK_FALSE(is_blank("\xe2\x80\x8b"));  // U+200B, which is no white space.
    CHECK_FALSE(is_blank(std::string_view{"\0", 1}));
}

TEST_CASE("text: readable text is accepted, other text is refused with a reason")
{
    using namespace std::string_view_literals;

    CHECK_FALSE(unreadable_because("Oi!"sv));
    CHECK_FALSE(unreadable_because(" Oi! \n"sv));
    CHECK_FALSE(unreadable_because("\x01"sv));
    CHECK_FALSE(unreadable_because("\xef\xbf\xbf"sv));  // U+FFFF is a code point like others.

    CHECK(unreadable_because("\xff"sv) == "must be well-formed UTF-8."sv);
    CHECK(unreadable_because("a\0b"sv) == "must not contain the character U+0000."sv);
    CHECK(unreadable_because("\0"sv) == "must not contain the character U+0000."sv);
    CHECK(unreadable_because("\0\xff"sv) == "must be well-formed UTF-8."sv);
    REQUIRE(unreadable_because(""sv));
    CHECK(unreadable_because(""sv) == unreadable_because(" \t"sv));
}
