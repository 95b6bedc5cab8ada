#include "apps/server/config_file.hpp"

#include "tests/support/printers.hpp"

#include <catch2/catch.hpp>

using namespace botapi::app;

namespace {

using values = std::vector<std::string>;

}  // namespace

TEST_CASE("config_file: keys, strings, bare values, arrays and comments are read")
{
    const auto entries = parse_config(
        "# Where it listens.\n"
        "listen = [\n"
        "  \"127.0.0.1:8000\",  # for the proxy\n"
        "  '[::1]:8000',\n"
        "]\n"
        "\r\n"
        "database=\"sqlite:/var/lib/a # b/\\\"x\\\\.db\"\r\n"
        "  max-body-size = 64KiB # enough\n"
        "cors-origin = []"
    );

    REQUIRE(entries);
    CHECK(
        *entries ==
        std::vector<config_entry>{
            {"listen", {"127.0.0.1:8000", "[::1]:8000"}, 2},
            {"database", {"sqlite:/var/lib/a # b/\"x\\.db"}, 7},
            {"max-body-size", {"64KiB"}, 8},
            {"cors-origin", values{}, 9}}
    );
}

TEST_CASE("config_file: an empty file has no entries")
{
    for (const auto* const text : {"", "\n\n", "# nothing", "  \t"}) {
        const auto entries = parse_config(text);

        REQUIRE(entries);
        CHECK(entries->empty());
    }
}

TEST_CASE("config_file: an error names its line")
{
    struct expected {
        std::string_view text;
        std::string_view line;
    };
    const std::vector<expected> cases{
        {"[serve]\nthreads = 1", "line 1:"},
        {"threads = 1\nthreads", "line 2:"},
        {"\n\nthreads =", "line 3:"},
        {"\n= 1", "line 2:"},
        {"a b = 1", "line 1:"},
        {"a = 1 2", "line 1:"},
        {"a = \"x\" y", "line 1:"},
        {"a = \"x", "line 1:"},
        {"a = \"x\nb = \"", "line 1:"},
        {"a = 'x\n'", "line 1:"},
        {R"(a = "\n")", "line 1:"},
        {"a = [1 2]", "line 1:"},
        {"a = [1,,2]", "line 1:"},
        {"a = [1,\n2", "line 2:"},
        {"a = ]", "line 1:"},
        {"a = x\"y\"", "line 1:"},
    };
    for (const auto& [text, line] : cases) {
        INFO(text);
        const auto entries = parse_config(text);

        REQUIRE_FALSE(entries);
        CHECK(entries.error().detail.starts_with(line));
        CHECK(entries.error().detail.find('\n') == std::string::npos);
    }
}

TEST_CASE("config_file: a byte order mark is skipped, and UTF-16 is named")
{
    const auto entries = parse_config("\xEF\xBB\xBFthreads = 1");
    REQUIRE(entries);
    CHECK(*entries == std::vector<config_entry>{{"threads", {"1"}, 1}});
    CHECK(parse_config("\xEF\xBB\xBF")->empty());

    for (const std::string_view text :
         {"\xFF\xFE"
          "a\0=\0",
          "\xFE\xFF\0a\0=",
          "a\0=\0"}) {
        const auto refused = parse_config(std::string{text.data(), 4});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().detail.find("UTF-16") != std::string::npos);
        CHECK(refused.error().detail.find("UTF-8") != std::string::npos);
    }
}

TEST_CASE("config_file: text that is not UTF-8 is refused wherever it stands")
{
    for (const std::string_view text :
         {"a = 1\n\xFF\xFE"
          "b = 2",
          "caf\xE9 = 1",
          "a = \"caf\xE9\"",
          "# caf\xE9"}) {
        const auto refused = parse_config(text);
        INFO(text);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().detail.find("This is not UTF-8: the byte 0x") == 0);
    }
    CHECK(parse_config("# caf\xC3\xA9"));
}

TEST_CASE("config_file: a file with control characters is refused")
{
    CHECK_FALSE(parse_config(std::string_view{"a = x\0y", 7}));
    CHECK_FALSE(parse_config("a = \x1b[31m"));
}

TEST_CASE("config_file: an error says why a file can't be read")
{
    const auto missing = read_config_file("/no/such/file");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().detail.find("No such file") != std::string::npos);

    const auto folder = read_config_file("/");
    REQUIRE_FALSE(folder);
    CHECK(folder.error().detail.find("directory") != std::string::npos);
}

TEST_CASE("config_file: a byte order mark within the file is named")
{
    const auto within = parse_config(
        "threads = 2\n\xef\xbb\xbf"
        "port = 3\n"
    );

    REQUIRE_FALSE(within);
    CHECK(within.error().detail.find("line 2: a byte order mark") != std::string::npos);
}
