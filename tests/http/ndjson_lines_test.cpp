#include "adapters/http/codec/ndjson_lines.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using botapi::http::ndjson_lines;

namespace {

/// The number and the text of each line; `too long` for a line that is.
using numbered = std::vector<std::pair<std::uint64_t, std::string>>;

/// Feeds a body in parts of a size.
numbered lines_of(std::string_view text, std::size_t part_size, std::size_t size_max = 5)
{
    ndjson_lines tested{size_max};
    numbered found;
    const auto keep = [&](const auto& lines) {
        for (const auto& line : lines)
            found.emplace_back(line.number, line.text.value_or("too long"));
    };
    for (std::size_t at = 0; at < text.size(); at += part_size)
        keep(tested.feed(text.substr(at, part_size)));
    keep(tested.finish());
    return found;
}

}  // namespace

TEST_CASE("ndjson_lines: lines are the same wherever the parts of a body end", "[http]")
{
    for (std::size_t size = 1; size < 40; ++size) {
        CAPTURE(size);
        CHECK(
            lines_of("a\r\n\n \t\r\nbb\nccccc\n", size) ==
            numbered{{1, "a"}, {4, "bb"}, {5, "ccccc"}}
        );
        CHECK(lines_of("a\nb", size) == numbered{{1, "a"}, {2, "b"}});
        CHECK(lines_of("a\r\rb\r\n", size) == numbered{{1, "a\r\rb"}});
        CHECK(lines_of("", size).empty());
        CHECK(lines_of("\n\r\n \t", size).empty());
    }
}

TEST_CASE("ndjson_lines: a line may have its size and a line break, and no more", "[http]")
{
    for (std::size_t size = 1; size < 40; ++size) {
        CAPTURE(size);
        CHECK(
            lines_of("12345\r\n123456\r\n123456\n1234567890\n12345\n6", size) ==
            numbered{
                {1, "12345"},
                {2, "too long"},
                {3, "too long"},
                {4, "too long"},
                {5, "12345"},
                {6, "6"}}
        );
        CHECK(lines_of("123456", size) == numbered{{1, "too long"}});
    }
}

TEST_CASE("ndjson_lines: a byte order mark before the first line is left out", "[http]")
{
    const std::string mark = "\xEF\xBB\xBF";
    for (std::size_t size = 1; size < 20; ++size) {
        CAPTURE(size);
        CHECK(lines_of(mark + "12345\r\n1", size) == numbered{{1, "12345"}, {2, "1"}});
        CHECK(lines_of(mark + "123456\n", size) == numbered{{1, "too long"}});
        CHECK(lines_of("1\n" + mark + "2\n", size) == numbered{{1, "1"}, {2, mark + "2"}});
        CHECK(lines_of("1\n" + mark + "12345\n", size) == numbered{{1, "1"}, {2, "too long"}});
        CHECK(lines_of(mark, size).empty());
    }
}
