// Input: a byte for the longest line, a byte for the size of the parts, and the body.
#include "adapters/http/codec/ndjson_lines.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace botapi::fuzz {

namespace {

using http::ndjson_line;

std::vector<ndjson_line> read(std::string_view body, std::size_t size_max, std::size_t step)
{
    http::ndjson_lines lines{size_max};
    std::vector<ndjson_line> all;
    const auto append = [&](std::vector<ndjson_line> more) {
        std::ranges::move(more, std::back_inserter(all));
    };
    for (std::size_t at = 0; at < body.size(); at += step)
        append(lines.feed(body.substr(at, step)));
    append(lines.finish());
    return all;
}

/// The same by simpler code: splits first, and checks afterwards.
std::vector<ndjson_line> split(std::string_view body, std::size_t size_max)
{
    std::vector<ndjson_line> all;
    if (body.starts_with("\xEF\xBB\xBF"))
        body.remove_prefix(3);
    for (std::uint64_t number = 1;; ++number) {
        const auto end = body.find('\n');
        auto line = body.substr(0, end);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.size() > size_max)
            all.push_back({number, std::nullopt});
        else if (line.find_first_not_of(" \t\r") != std::string_view::npos)
            all.push_back({number, std::string{line}});
        if (end == std::string_view::npos)
            return all;
        body.remove_prefix(end + 1);
    }
}

bool is_same(const std::vector<ndjson_line>& left, const std::vector<ndjson_line>& right)
{
    return std::ranges::equal(left, right, [](const ndjson_line& one, const ndjson_line& other) {
        return one.number == other.number && one.text == other.text;
    });
}

}  // namespace

void try_input(std::string_view input)
{
    if (input.size() < 2)
        return;
    const std::size_t size_max = static_cast<unsigned char>(input[0]) % 64;
    const std::size_t step = 1 + static_cast<unsigned char>(input[1]) % 64;
    const auto body = input.substr(2);

    const auto at_once = read(body, size_max, std::max<std::size_t>(body.size(), 1));
    require(is_same(at_once, read(body, size_max, step)), "parts may be cut anywhere");
    require(is_same(at_once, split(body, size_max)), "both readers see the same lines");
}

}  // namespace botapi::fuzz
