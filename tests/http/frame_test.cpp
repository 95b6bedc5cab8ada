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

TEST_CASE("frame: a length is written with the first byte first")
{
    using namespace std::string_literals;
    CHECK(frame_head(opcode::text, 0x1234, false) == "\x81\x7E\x12\x34");
    CHECK(
        frame_head(opcode::text, 0x0102030405060708, false) ==
        "\x81\x7F\x01\x02\x03\x04\x05\x06\x07\x08"
    );
    CHECK(frame_head(opcode::ping, 0, false) == "\x89\x00"s);
}

TEST_CASE("frame: a close code is one that a peer may send")
{
    for (unsigned code = 0; code < 66'000; ++code) {
        const bool is_reserved = code >= 1004 && code <= 1006;
        const bool is_registered = code >= 1000 && code <= 1014;
        const bool is_free = code >= 3000 && code < 5000;
        if (is_close_code(code) != ((is_registered && !is_reserved) || is_free))
            FAIL("the code " << code);
    }
}

TEST_CASE("frame: a reason that fits is whole")
{
    CHECK(close_content(close_code::policy, std::string(123, 'x')).size() == 125);
    CHECK(close_content(close_code::policy, std::string(124, 'x')).size() == 125);
    CHECK(close_content(close_code::policy, "") == "\x03\xF0");
}
