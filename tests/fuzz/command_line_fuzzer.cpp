// Input: arguments, one a line.
#include "apps/server/command_line.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace botapi::fuzz {

void try_input(std::string_view input)
{
    std::string text{input};
    std::ranges::replace(text, '\0', ' ');
    // The program would read any file that the fuzzer names.
    if (text.find("config") != std::string::npos)
        return;
    std::ranges::replace(text, '\n', '\0');

    std::vector<const char*> arguments;
    for (std::size_t at = 0; at < text.size(); at = text.find('\0', at) + 1) {
        arguments.push_back(text.c_str() + at);
        if (text.find('\0', at) == std::string::npos)
            break;
    }
    const auto no_variables = [](const char* /*name*/) -> const char* { return nullptr; };
    const auto parsed = app::parse_command_line(arguments, no_variables);
    if (parsed)
        return;
    const auto& detail = parsed.error().detail;
    require(!detail.empty(), "a refusal says why");
    require(
        std::ranges::none_of(detail, [](unsigned char c) { return c < ' ' || c == 0x7f; }),
        "a refusal is one line"
    );
}

}  // namespace botapi::fuzz
