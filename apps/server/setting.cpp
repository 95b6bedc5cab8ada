#include "apps/server/setting.hpp"

namespace botapi::app {

std::string flag_of(const setting& setting)
{
    return "--" + std::string{setting.name};
}

std::string variable_of(const setting& setting)
{
    std::string name = "BOTAPI_";
    for (const char character : setting.name)
        name += character == '-' ? '_' : static_cast<char>(character - 'a' + 'A');
    return name;
}

std::string in_quotes(std::string_view text)
{
    constexpr std::size_t size_max = 100;
    std::string shown = "\"";
    for (const char character : text.substr(0, size_max)) {
        shown += static_cast<unsigned char>(character) < ' ' || character == '\x7f' ? '?'
                                                                                    : character;
    }
    return shown.append(text.size() > size_max ? "…\"" : "\"");
}

}  // namespace botapi::app
