#include "tests/unit/fakes.hpp"

#include <botcore/domain/bot.hpp>

#include <string>

using namespace botcore;

namespace {

std::string repeated(const std::string& what, std::size_t count)
{
    std::string text;
    for (std::size_t at = 0; at < count; ++at)
        text += what;
    return text;
}

}  // namespace

TEST_CASE("bot_name: a name has 1 to 255 code points, whatever its bytes")
{
    for (const std::string point : {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\xa4\x96"}) {
        CHECK(bot_name::parse(point));
        CHECK(bot_name::parse(repeated(point, 255)));
        CHECK_FALSE(bot_name::parse(repeated(point, 256)));
    }
}

TEST_CASE("bot_name: a name is kept byte for byte")
{
    const std::string text = GENERATE("Aureo", "  Aureo\t", "e\xcc\x81", "\"<&>\\\x01");

    const auto name = bot_name::parse(text);

    REQUIRE(name);
    CHECK(name->text() == text);
}

TEST_CASE("bot_name: a text that nobody can read is refused")
{
    const std::string text = GENERATE(
        as<std::string>{},
        "",
        " ",
        "\xe3\x80\x80",
        "\xff",
        "Aureo\xc3",
        std::string{"Au\0reo", 6}
    );

    const auto name = bot_name::parse(text);

    REQUIRE_FALSE(name);
    CHECK(name.error().code == errc::invalid_argument);
    CHECK_FALSE(name.error().detail.empty());
}

TEST_CASE("bot_name: a refusal for length says the limit and the length")
{
    const auto name = bot_name::parse(std::string(300, 'a'));

    REQUIRE_FALSE(name);
    CHECK(name.error().detail.find("255") != std::string::npos);
    CHECK(name.error().detail.find("300") != std::string::npos);
}

TEST_CASE("bot_name: names compare by their bytes")
{
    CHECK(*bot_name::parse("a") == *bot_name::parse("a"));
    CHECK(*bot_name::parse("a") < *bot_name::parse("b"));
    CHECK(*bot_name::parse("\xc3\xa9") != *bot_name::parse("e\xcc\x81"));
}
