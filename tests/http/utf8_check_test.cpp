#include "adapters/http/websocket/utf8_check.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using botapi::http::utf8_check;

TEST_CASE("utf8_check: characters of every size may come byte by byte", "[http]")
{
    utf8_check tested;

    for (const char byte : std::string{"a\xC3\xA4\xE0\xA0\x80\xED\x9F\xBF\xE2\x82\xAC"
                                       "\xF0\x90\x80\x80\xF1\x80\x80\x80\xF4\x8F\xBF\xBF"})
        REQUIRE(tested.take({&byte, 1}));

    CHECK(tested.is_whole());
}

TEST_CASE("utf8_check: an error that no continuation can mend is reported immediately", "[http]")
{
    for (const std::string bad :
         {"\x80",          // A continuation of nothing.
          "\xC1",          // Overlong, as the next two.
          "\xE0\x9F",      //
          "\xF0\x8F",      //
          "\xED\xA0",      // A surrogate.
          "\xF4\x90",      // Past U+10FFFF.
          "\xF5",          //
          "\xC3x",         // Cut short, as the rest.
          "\xE2\x82x",     //
          "\xF1\x80\xC0",  //
          "\xF1\x80\x80\x7F"}) {
        utf8_check tested;
        CAPTURE(bad);
        CHECK(tested.take(std::string_view{bad}.substr(0, bad.size() - 1)));
        CHECK_FALSE(tested.take(std::string_view{bad}.substr(bad.size() - 1)));
    }
    utf8_check cut;
    CHECK(cut.take("\xE2\x82"));
    CHECK_FALSE(cut.is_whole());
}

TEST_CASE("utf8_check: every pair of leading bytes is judged as in table 3-7 of Unicode", "[http]")
{
    struct row {
        unsigned first, last;  // Of the first byte.
        unsigned second_min, second_max;
        std::size_t size;
    };
    const std::vector<row> rows{
        {0xC2, 0xDF, 0x80, 0xBF, 2},
        {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3},
        {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4},
        {0xF4, 0xF4, 0x80, 0x8F, 4}};
    int wrong = 0;
    for (unsigned first = 0x80; first < 0x100; ++first) {
        for (unsigned second = 0; second < 0x100; ++second) {
            std::size_t size = 0;
            for (const auto& one : rows) {
                if (first >= one.first && first <= one.last && second >= one.second_min &&
                    second <= one.second_max)
                    size = one.size;
            }
            // As long as its first byte says, so that it is wrong in one way only.
            std::string text{static_cast<char>(first), static_cast<char>(second)};
            text.resize(first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2, '\x80');
            utf8_check tested;
            const bool is_text = tested.take(text) && tested.is_whole();
            wrong += is_text == (size == text.size()) ? 0 : 1;
        }
    }

    CHECK(wrong == 0);
}
