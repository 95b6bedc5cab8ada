#include "apps/server/sources.hpp"

#include "adapters/wire/text_encoding.hpp"
#include "apps/server/setting_table.hpp"
#include "apps/server/units.hpp"

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

/// The values of a setting, and the name of their source for messages.
struct sourced_values {
    std::vector<std::string> values;
    std::string source;
    setting_origin origin;
};

/// The error message `source: fault`.
std::string fault_in(std::string_view source, std::string_view fault)
{
    return std::string{source}.append(": ").append(fault);
}

std::string name_of(const config_entry& entry, const std::string& path)
{
    return entry.key + " in line " + std::to_string(entry.line) + " of " + path;
}

std::optional<std::string> fault_of_key(
    const config_entry& entry,
    std::span<const config_entry> earlier,
    const std::string& path
)
{
    const auto source = name_of(entry, path);
    if (find_setting(entry.key) == nullptr) {
        return source +
               ": there is no such setting. Keys are the flags of `botapi serve --help` "
               "without the leading dashes.";
    }
    if (std::ranges::find(earlier, entry.key, &config_entry::key) != earlier.end())
        return fault_in(source, "the key is there twice.");
    return std::nullopt;
}

result<std::vector<config_entry>> entries_of(const sources& from)
{
    const auto& path = from.config_path;
    if (path.empty())
        return std::vector<config_entry>{};
    const auto text = read_config_file(path);
    if (!text)
        return refuse(errc::invalid_argument, fault_in(from.config_source, text.error().detail));
    auto entries = parse_config(*text);
    if (!entries)
        return refuse(errc::invalid_argument, fault_in(path, entries.error().detail));

    const std::span<const config_entry> all{*entries};
    for (std::size_t index = 0; index < all.size(); ++index) {
        if (auto fault = fault_of_key(all[index], all.first(index), path))
            return refuse(errc::invalid_argument, *std::move(fault));
    }
    return entries;
}

/// The parts between the delimiters, without the white space around them.
std::vector<std::string> split(std::string_view text, std::string_view delimiters)
{
    std::vector<std::string> parts;
    for (;;) {
        const auto end = text.find_first_of(delimiters);
        parts.emplace_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

/// The values in `text`, which is a variable's value or a file's content. Splits lists only.
std::vector<std::string> values_in(
    const setting& setting,
    std::string_view text,
    std::string_view delimiters
)
{
    if (!setting.clear)
        return {std::string{text}};
    return split(text, setting.may_have_commas ? " \n" : delimiters);
}

/// The values in the file that the variable `source`, such as BOTAPI_DATABASE_FILE, names.
result<sourced_values> values_of_file(
    const setting& setting,
    const std::string& source,
    const std::string& path
)
{
    const auto refuse_because = [&](std::string_view fault) {
        return refuse(errc::invalid_argument, fault_in(source, fault));
    };
    const auto content = read_config_file(path);
    if (!content)
        return refuse_because(content.error().detail);
    const auto text = trimmed(wire::without_byte_order_mark(*content));
    if (text.empty())
        return refuse_because("the file " + in_quotes(path) + " is empty.");
    if (text.find('\0') != std::string_view::npos)
        return refuse_because("the file " + in_quotes(path) + " is not text.");
    if (!setting.clear && text.find('\n') != std::string_view::npos)
        return refuse_because("the file " + in_quotes(path) + " has more than one line.");
    return sourced_values{
        values_in(setting, text, ",\n"),
        source,
        {source_kind::environment, source}};
}

/// The values of a variable or of the file that another variable names; none if neither is set.
result<std::optional<sourced_values>> find_variable(
    const setting& setting,
    const environment& variables
)
{
    const auto name = variable_of(setting);
    const auto file_name = name + "_FILE";
    const auto value = value_of(variables, name);
    const auto path = value_of(variables, file_name);
    if (!value.empty() && !path.empty()) {
        return refuse(
            errc::invalid_argument,
            fault_in(file_name, name + " is set, too: set only one of them.")
        );
    }
    if (!value.empty())
        return std::optional{
            sourced_values{values_in(setting, value, ","), name, {source_kind::environment, name}}};
    if (path.empty())
        return std::optional<sourced_values>{};
    auto values = values_of_file(setting, file_name, path);
    if (!values)
        return values.error();
    return std::optional{*std::move(values)};
}

/// The values from the source that wins; none if no source has any.
result<std::optional<sourced_values>> find(
    const setting& setting,
    const sources& from,
    const std::vector<config_entry>& entries
)
{
    // A variable that is set twice, or names an unusable file, is an error even if a flag wins.
    auto variable = find_variable(setting, from.environment);
    if (const auto flag = from.flags.find(setting.name); variable && flag != from.flags.end()) {
        return std::optional{sourced_values{
            flag->second,
            flag_of(setting),
            {source_kind::command_line, flag_of(setting)}}};
    }
    if (!variable || *variable)
        return variable;

    const auto entry = std::ranges::find(entries, setting.name, &config_entry::key);
    if (entry != entries.end()) {
        return std::optional{sourced_values{
            entry->values,
            name_of(*entry, from.config_path),
            {source_kind::file, from.config_path + ':' + std::to_string(entry->line)}}};
    }
    return std::optional<sourced_values>{};
}

result<> take(const setting& setting, const sourced_values& from, settings& into)
{
    if (!setting.clear && from.values.size() != 1) {
        return refuse(
            errc::invalid_argument,
            fault_in(from.source, "the setting needs exactly one value.")
        );
    }
    if (setting.clear)
        setting.clear(into);
    for (const auto& value : from.values) {
        if (const auto fault = setting.take(into, value))
            return refuse(errc::invalid_argument, fault_in(from.source, *fault));
    }
    return {};
}

}  // namespace

result<settings> decide(command command, const sources& from)
{
    const auto entries = entries_of(from);
    if (!entries)
        return entries.error();

    settings into;
    into.config_path = from.config_path;
    into.config_source = from.config_source;
    for (const auto& setting : all_settings()) {
        if (!is_used_by(setting, command))
            continue;
        const auto found = find(setting, from, *entries);
        if (!found)
            return found.error();
        const auto& values = *found;
        into.origins[setting.name] = values ? values->origin : setting_origin{};
        if (!values)
            continue;
        if (const auto done = take(setting, *values, into); !done)
            return done.error();
        into.explicit_values.emplace_back(
            setting.name,
            setting.is_secret ? "(not shown)" : joined(values->values)
        );
    }
    if (is_used_by(*find_setting("listen"), command) && into.http.listen.empty())
        return refuse(errc::invalid_argument, "listen: an address is missing.");
    if (into.http.tls.certificate.empty() != into.http.tls.key.empty()) {
        return refuse(errc::invalid_argument, "tls-certificate and tls-key: set both or none.");
    }
    into.http.storage_threads = into.db_connections;
    // SQLite has one writer at a time: a second lane would only make batches smaller.
    if (into.database.dialect() == sql::dialect::sqlite)
        into.http.append_lanes = 1;
    return into;
}

std::string value_of(const environment& variables, const std::string& name)
{
    const char* const value = variables(name.c_str());
    return value != nullptr ? std::string{trimmed(value)} : std::string{};
}

std::string joined(const std::vector<std::string>& values)
{
    std::string all;
    for (const auto& value : values)
        all.append(all.empty() ? "" : ",").append(value);
    return all;
}

}  // namespace botapi::app
