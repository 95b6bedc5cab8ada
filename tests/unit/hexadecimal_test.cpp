#include <botcore/domain/hexadecimal.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

using namespace botcore;

TEST_CASE("hexadecimal: every byte is written as two lower-case digits, and read back")
{
    for (unsigned value = 0; value < 256; ++value) {
        const std::array bytes{static_cast<std::uint8_t>(value)};
        const std::string text{"0123456789abcdef"[value / 16], "0123456789abcdef"[value % 16]};

        CHECK(to_hexadecimal(bytes) == text);
        std::array<std::uint8_t, 1> read{};
        CHECK(read_hexadecimal(text, read));
        CHECK(read == bytes);
    }
}

TEST_CASE("hexadecimal: bytes are appended in order")
{
    const std::vector<std::uint8_t> bytes{0x00, 0x7f, 0xab, 0xff};
    std::string out = "0x";

    append_hexadecimal(out, bytes);

    CHECK(out == "0x007fabff");
    CHECK(to_hexadecimal({}).empty());
}

TEST_CASE("hexadecimal: a text that is not canonical is refused")
{
    std::array<std::uint8_t, 2> two{};

    CHECK(read_hexadecimal("00ff", two));
    for (const char digit : std::string{"ABCDEFGgG:/@`"}) {
        for (std::size_t at = 0; at < 4; ++at) {
            std::string wrong = "00ff";
            wrong[at] = digit;
            CHECK_FALSE(read_hexadecimal(wrong, two));
        }
    }
    for (const auto* const wrong : {"", "00f", "00ff0", "00FF", "00fg", "0x00", " 0ff", "+0ff"})
        CHECK_FALSE(read_hexadecimal(wrong, two));
}

TEST_CASE("hexadecimal: a digit has its value in either case, and no other character has one")
{
    for (int code = 0; code < 256; ++code) {
        const auto character = static_cast<char>(code);
        const auto at = std::string{"0123456789abcdef0123456789ABCDEF"}.find(character);
        const auto value = at == std::string::npos ? 16 : at % 16;

        CHECK(hexadecimal_value(character) == value);
        CHECK(is_hexadecimal_digit(character) == (value < 16));
    }
}
