#include <botcore/domain/base64.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace botcore;

namespace {

using bytes = std::vector<std::uint8_t>;

bytes bytes_of(std::string_view text)
{
    return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE("base64: the encoding matches RFC 4648 section 10", "[base64]")
{
    const auto [plain, digits] = GENERATE(table<std::string, std::string>(
        {{"", ""},
         {"f", "Zg=="},
         {"fo", "Zm8="},
         {"foo", "Zm9v"},
         {"foob", "Zm9vYg=="},
         {"fooba", "Zm9vYmE="},
         {"foobar", "Zm9vYmFy"}}
    ));

    CHECK(to_base64(bytes_of(plain)) == digits);
    CHECK(from_base64(digits) == bytes_of(plain));
}

TEST_CASE("base64: the URL-safe alphabet has two other digits, and no padding", "[base64]")
{
    const bytes made{0xfb, 0xff, 0xfe, 0xff};

    CHECK(to_base64(made) == "+//+/w==");
    CHECK(to_base64url(made) == "-__-_w");
}

TEST_CASE("base64: any number of bytes is decoded back", "[base64]")
{
    bytes made;
    for (unsigned size = 0; size < 260; ++size) {
        CHECK(from_base64(to_base64(made)) == made);
        bytes read(size);
        CHECK(read_base64url(to_base64url(made), read));
        CHECK(read == made);
        made.push_back(static_cast<std::uint8_t>(size * 37U));
    }
}

TEST_CASE("base64: a text that is not canonical is refused", "[base64]")
{
    const std::string text = GENERATE(
        as<std::string>{},
        "Z",
        "Zg",
        "Zg=",
        "Zg===",
        "=",
        "====",
        "Z===",
        "Zh==",  // Bits past the last byte.
        "Zm9=",
        "Zm9v====",
        "Zg==Zg==",
        "Zm9v\n",
        " Zm9v",
        "Zm-v",
        "Zm_v"
    );

    CHECK_FALSE(from_base64(text));
}

TEST_CASE("base64: URL-safe text must have exactly the expected number of bytes", "[base64]")
{
    std::array<std::uint8_t, 2> two{};

    CHECK(read_base64url("Zm8", two));
    CHECK(std::ranges::equal(two, bytes_of("fo")));
    for (const std::string_view wrong :
         {"", "Zg", "Zm8=", "Zm9v", "Zm9", "Zm/", "Zm+", "Zm ", "Zm\xc3"})
        CHECK_FALSE(read_base64url(wrong, two));
}
