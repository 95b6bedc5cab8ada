#include "adapters/http/protocol/grammar.hpp"

#include "adapters/http/protocol/list_elements.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace botapi::http;

TEST_CASE("grammar: a token has the characters of RFC 9110 section 5.6.2, and no others", "[http]")
{
    constexpr std::string_view allowed =
        "!#$%&'*+-.^_`|~0123456789"
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int byte = 0; byte < 256; ++byte) {
        const auto c = static_cast<char>(byte);
        CAPTURE(byte);
        CHECK(is_token_char(c) == (allowed.find(c) != std::string_view::npos));
        CHECK(is_token(std::string{'a', c, 'b'}) == is_token_char(c));
    }
    CHECK_FALSE(is_token(""));
}

TEST_CASE("grammar: control characters are those below the space, but the tab, and DEL", "[http]")
{
    for (int byte = 0; byte < 256; ++byte) {
        const bool is_control = (byte < 0x20 && byte != 0x09) || byte == 0x7f;
        CAPTURE(byte);
        CHECK(has_control(std::string{'a', static_cast<char>(byte), 'b'}) == is_control);
    }
    CHECK_FALSE(has_control(""));
}

namespace {

std::vector<std::string_view> elements(std::string_view list)
{
    std::vector<std::string_view> taken;
    while (!list.empty())
        taken.push_back(take_until(list, ','));
    return taken;
}

using element_list = std::vector<std::string_view>;

}  // namespace

TEST_CASE("list_elements: elements are trimmed, and empty ones are kept", "[http]")
{
    CHECK(elements("a") == element_list{"a"});
    CHECK(elements(" a \t,b,,\t c d ") == element_list{"a", "b", "", "c d"});
    CHECK(elements(",") == element_list{""});
    CHECK(elements("a,") == element_list{"a"});
    CHECK(elements("").empty());
    CHECK(trim(" \t").empty());
    CHECK(trim("").empty());
    CHECK(trim("x") == "x");
}

TEST_CASE("list_elements: a separator within quotes is none", "[http]")
{
    CHECK(elements(R"("a,b",c)") == element_list{R"("a,b")", "c"});
    CHECK(elements(R"(x="a\",b",c)") == element_list{R"(x="a\",b")", "c"});
    CHECK(elements(R"(x="a\\",c)") == element_list{R"(x="a\\")", "c"});
    CHECK(elements(R"(a\,b)") == element_list{R"(a\)", "b"});
    CHECK(elements(R"("open,b)") == element_list{R"("open,b)"});
    CHECK(elements(R"("a\)") == element_list{R"("a\)"});
}
