#include "adapters/http/websocket/frame.hpp"

#include "adapters/http/websocket/utf8_check.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace botapi::http;

TEST_CASE("frame: a head encodes its length in the shortest form")
{
    const auto size_of = [](std::size_t size) {
        return frame_head(opcode::text, size, false).size();
    };

    CHECK(frame_head(opcode::text, 5, false) == "\x81\x05");
    CHECK(frame_head(opcode::binary, 5, true) == "\xC2\x05");
    CHECK(size_of(125) == 2);
    CHECK(size_of(126) == 4);
    CHECK(size_of(65'535) == 4);
    CHECK(size_of(65'536) == 10);
}

TEST_CASE("frame: the reason of a close is cut to the frame's size")
{
    const std::string umlauts = [] {
        std::string text;
        while (text.size() < 200)
            text += "\xC3\xA4";
        return text;
    }();

    CHECK(close_content(close_code::policy, "why") == "\x03\xF0why");
    const auto cut = close_content(close_code::normal, umlauts);
    CHECK(cut.size() == 2 + 122);
    utf8_check reason;
    CHECK(reason.take(std::string_view{cut}.substr(2)));
    CHECK(reason.is_whole());
}

TEST_CASE("frame: only registered and private close codes are sent")
{
    for (const unsigned good : {1000U, 1003U, 1007U, 1014U, 3000U, 4999U})
        CHECK(is_close_code(good));
    for (const unsigned bad : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 2999U, 5000U})
        CHECK_FALSE(is_close_code(bad));
}
