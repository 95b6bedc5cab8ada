#include "adapters/wire/json_string.hpp"
#include "apps/server/commands.hpp"
#include "apps/server/setting_table.hpp"

#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::app {

namespace {

std::string_view name_of(source_kind kind)
{
    switch (kind) {
        case source_kind::built_in: break;
        case source_kind::command_line: return "command-line";
        case source_kind::environment: return "environment";
        case source_kind::file: return "file";
    }
    return "default";
}

/// The value in the syntax of the configuration file. Each control character becomes `?`.
std::string file_text(std::string_view value)
{
    const auto is_bare = [](char one) {
        return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') ||
               (one >= '0' && one <= '9') || one == '-' || one == '.' || one == '_';
    };
    if (!value.empty() && std::ranges::all_of(value, is_bare))
        return std::string{value};
    std::string quoted = "\"";
    for (const char character : value) {
        const bool is_control = static_cast<unsigned char>(character) < ' ' || character == '\x7f';
        quoted.append(character == '"' || character == '\\' ? 1 : 0, '\\')
            .append(1, is_control ? '?' : character);
    }
    return quoted + '"';
}

std::string line_of(const setting& setting, const settings& from)
{
    const auto values = setting.show(from);
    std::string line{setting.name};
    if (values.empty() && !setting.clear)
        return "# " + line + " is not set";
    line += " = ";
    if (setting.clear) {
        std::string items;
        for (const auto& value : values)
            items.append(items.empty() ? "" : ", ").append(file_text(value));
        line.append("[").append(items).append("]");
    } else
        line += file_text(values.front());
    const auto& origin = from.origins.at(setting.name);
    const bool is_default = origin.kind == source_kind::built_in;
    return line.append("  # ").append(is_default ? name_of(origin.kind) : origin.name);
}

void print_text(const settings& from)
{
    std::cout << "# The settings of `botapi serve`, and their sources.\n";
    if (!from.config_path.empty())
        std::cout << "# The file is " << from.config_path << " (" << from.config_source << ").\n";
    for (const auto& setting : all_settings())
        std::cout << line_of(setting, from) << '\n';
}

void append_value(std::string& json, const setting& setting, const std::vector<std::string>& values)
{
    if (!setting.clear) {
        if (values.empty()) {
            json += "null";
        } else
            wire::append_printable_json(json, std::string_view{values.front()});
        return;
    }
    json += '[';
    for (const auto& value : values) {
        json.append(json.ends_with('[') ? "" : ",");
        wire::append_printable_json(json, std::string_view{value});
    }
    json += ']';
}

void print_json(const settings& from)
{
    std::string json = "[";
    for (const auto& setting : all_settings()) {
        const auto& origin = from.origins.at(setting.name);
        json.append(json.size() > 1 ? ",\n {\"name\":" : "\n {\"name\":");
        wire::append_printable_json(json, setting.name);
        json += ",\"value\":";
        append_value(json, setting, setting.show(from));
        json += ",\"source\":";
        wire::append_printable_json(json, name_of(origin.kind));
        if (!origin.name.empty()) {
            json += ",\"from\":";
            wire::append_printable_json(json, std::string_view{origin.name});
        }
        json += '}';
    }
    std::cout << json << "\n]\n";
}

}  // namespace

int print_config(const settings& settings, bool is_json)
{
    if (is_json) {
        print_json(settings);
    } else
        print_text(settings);
    return 0;
}

}  // namespace botapi::app
