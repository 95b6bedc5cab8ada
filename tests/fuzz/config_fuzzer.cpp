// Input: a configuration file.
#include "apps/server/config_file.hpp"
#include "apps/server/setting_table.hpp"
#include "apps/server/units.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace botapi::fuzz {

namespace {

using app::config_entry;

std::string quoted(std::string_view value)
{
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\')
            text += '\\';
        text += c;
    }
    return text + '"';
}

/// The entries as a careful person would write them.
std::string written(const std::vector<config_entry>& entries)
{
    std::string text;
    for (const auto& entry : entries) {
        text += entry.key + " = [";
        for (const auto& value : entry.values)
            text += quoted(value) + ", ";
        text += "]\n";
    }
    return text;
}

/// A value is either stored, or refused with a reason.
void try_value(const app::setting& setting, const std::string& value)
{
    app::settings into;
    if (setting.clear)
        setting.clear(into);
    const auto refusal = setting.take(into, value);
    require(!refusal || !refusal->empty(), "a refusal says why");
    require(!refusal || refusal->find('\n') == std::string::npos, "a refusal is one line");
    if (!refusal && setting.placeholder == "SIZE") {
        const auto size = app::parse_size(value);
        require(
            size && app::parse_size(app::size_text(*size)) == size,
            "a size can be read from its text"
        );
    }
    if (!refusal && setting.placeholder == "TIME") {
        const auto time = app::parse_duration(value);
        require(
            time && app::parse_duration(app::duration_text(*time)) == time,
            "a time can be read from its text"
        );
    }
}

}  // namespace

void try_input(std::string_view input)
{
    const auto entries = app::parse_config(input);
    if (!entries) {
        require(!entries.error().detail.empty(), "a refusal says why");
        return;
    }
    for (const auto& entry : *entries) {
        require(!entry.key.empty(), "an entry has a key");
        require(entry.line >= 1, "the first line is 1");
        const auto* const setting = app::find_setting(entry.key);
        for (const auto& value : entry.values) {
            require(value.find('\n') == std::string::npos, "a value is one line");
            if (setting != nullptr)
                try_value(*setting, value);
        }
    }

    const auto again = app::parse_config(written(*entries));
    require(
        again && std::ranges::equal(
                     *again,
                     *entries,
                     [](const config_entry& one, const config_entry& other) {
                         return one.key == other.key && one.values == other.values;
                     }
                 ),
        "entries can be read from their text"
    );
}

}  // namespace botapi::fuzz
