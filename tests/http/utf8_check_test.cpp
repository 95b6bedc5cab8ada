#include "adapters/http/websocket/utf8_check.hpp"

#include <catch2/catch.hpp>

#include <string>

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
