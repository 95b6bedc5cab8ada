#include "apps/server/sources.hpp"

#include "apps/server/setting_table.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace botapi::app {

using botcore::errc;
using botcore::refuse;
using botcore::result;

namespace {

/// The values of a setting, and what to call the place where they stand.
struct given {
    std::vector<std::string> values;
    std::string place;
};

/// What is wrong, behind the name of the place where it stands.
std::string at_place(std::string_view place, std::string_view wrong)
{
    return std::string{place}.append(": ").append(wrong);
}

std::string place_in(const std::string& path, const config_entry& entry)
{
    return entry.key + " in line " + std::to_string(entry.line) + " of " + path;
}

std::optional<std::string> fault_of_key(
    const config_entry& entry,
    std::span<const config_entry> earlier,
    const std::string& path
)
{
    const auto place = place_in(path, entry);
    if (find_setting(entry.key) == nullptr) {
        return place +
               ": there is no such setting. Keys are the flags of `botapi serve --help` "
               "without the dashes in front.";
    }
    if (std::ranges::find(earlier, entry.key, &config_entry::key) != earlier.end())
        return at_place(place, "it is there twice.");
    return std::nullopt;
}

result<std::vector<config_entry>> entries_of(const sources& from)
{
    const auto& path = from.config_path;
    if (path.empty())
        return std::vector<config_entry>{};
    const auto text = read_config_file(path);
    if (!text)
        return refuse(errc::invalid_argument, at_place(from.config_place, text.error().detail));
    auto entries = parse_config(*text);
    if (!entries)
        return refuse(errc::invalid_argument, at_place(path, entries.error().detail));

    const std::span<const config_entry> all{*entries};
    for (std::size_t at = 0; at < all.size(); ++at) {
        if (auto fault = fault_of_key(all[at], all.first(at), path))
            return refuse(errc::invalid_argument, *std::move(fault));
    }
    return entries;
}

/// The parts between the commas, without the spaces around them.
std::vector<std::string> split(std::string_view text)
{
    std::vector<std::string> parts;
    for (;;) {
        const auto comma = text.find(',');
        auto part = text.substr(0, comma);
        part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
        part = part.substr(0, part.find_last_not_of(' ') + 1);
        parts.emplace_back(part);
        if (comma == std::string_view::npos)
            return parts;
        text.remove_prefix(comma + 1);
    }
}

std::optional<given> find(
    const setting& setting,
    const sources& from,
    const std::vector<config_entry>& entries
)
{
    if (const auto flag = from.flags.find(setting.name); flag != from.flags.end())
        return given{flag->second, flag_of(setting)};

    const auto name = variable_of(setting);
    const char* const variable = from.environment(name.c_str());
    if (variable != nullptr && *variable != '\0') {
        if (setting.clear)
            return given{split(variable), name};
        return given{{variable}, name};
    }

    const auto entry = std::ranges::find(entries, setting.name, &config_entry::key);
    if (entry != entries.end())
        return given{entry->values, place_in(from.config_path, *entry)};
    return std::nullopt;
}

result<> take(const setting& setting, const given& found, settings& into)
{
    if (!setting.clear && found.values.size() != 1) {
        return refuse(
            errc::invalid_argument,
            at_place(found.place, "it has one value, not several.")
        );
    }
    if (setting.clear)
        setting.clear(into);
    for (const auto& value : found.values) {
        if (const auto wrong = setting.take(into, value))
            return refuse(errc::invalid_argument, at_place(found.place, *wrong));
    }
    return {};
}

}  // namespace

result<settings> decide(command command, const sources& from)
{
    const auto entries = entries_of(from);
    if (!entries)
        return entries.error();

    settings decided;
    for (const auto& setting : all_settings()) {
        if (!is_used_by(setting, command))
            continue;
        const auto found = find(setting, from, *entries);
        if (!found)
            continue;
        if (const auto taken = take(setting, *found, decided); !taken)
            return taken.error();
        decided.said.emplace_back(
            setting.name,
            setting.is_secret ? "(not shown)" : joined(found->values)
        );
    }
    if (command == command::serve && decided.http.listen.empty())
        return refuse(errc::invalid_argument, "listen: there has to be an address.");
    if (decided.http.tls.certificate.empty() != decided.http.tls.key.empty()) {
        return refuse(
            errc::invalid_argument,
            "tls-certificate and tls-key: there have to be both, or none."
        );
    }
    decided.http.storage_threads = decided.db_connections;
    // A file has one writer at a time: two batches would only halve each other.
    if (decided.database.dialect() == sql::dialect::sqlite)
        decided.http.append_lanes = 1;
    return decided;
}

std::string joined(const std::vector<std::string>& values)
{
    std::string all;
    for (const auto& value : values)
        all.append(all.empty() ? "" : ",").append(value);
    return all;
}

}  // namespace botapi::app
