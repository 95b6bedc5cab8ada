#include "adapters/logging/line.hpp"

#include "adapters/wire/json_string.hpp"

#include <botcore/domain/timestamp.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <variant>

namespace botapi::logging {

using botcore::severity;
using wire::append_printable_json;

namespace {

std::string_view name_of(severity severity) noexcept
{
    switch (severity) {
        case severity::debug: return "debug";
        case severity::info: return "info";
        case severity::warning: return "warning";
        case severity::error: break;
    }
    return "error";
}

/// The name of the severity in a column of fixed width.
std::string_view column_of(severity severity) noexcept
{
    switch (severity) {
        case severity::debug: return " DEBUG   ";
        case severity::info: return " INFO    ";
        case severity::warning: return " WARNING ";
        case severity::error: break;
    }
    return " ERROR   ";
}

/// Appends the time in UTC, with microseconds.
void append_time(std::string& to, std::chrono::system_clock::time_point at)
{
    using botcore::timestamp;
    static const auto form = timestamp::parse("2000-01-01T00:00:00.000000Z")->form();
    const auto rounded = std::chrono::floor<std::chrono::microseconds>(at);
    timestamp::from_parts(rounded, form).value_or(timestamp::from_clock(at)).append_to(to);
}

template <class Number>
void append_number(std::string& to, Number value)
{
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    to.append(text.data(), end);
}

/// Appends values as JSON.
struct json_appender {
    void operator()(std::string_view text) const { append_printable_json(to, text); }
    void operator()(bool value) const { to += value ? "true" : "false"; }
    void operator()(std::int64_t value) const { append_number(to, value); }
    void operator()(std::uint64_t value) const { append_number(to, value); }
    void operator()(double value) const
    {
        if (std::isfinite(value)) {
            append_number(to, value);
        } else {
            to += "null";
        }
    }

    std::string& to;
};

/// Whether `text` needs no quotation marks as a name or a value of a field.
bool is_plain(std::string_view text) noexcept
{
    for (const char character : text) {
        if (character <= ' ' || character > '~' || character == '"' || character == '=')
            return false;
    }
    return !text.empty();
}

void append_plain_or_json(std::string& to, std::string_view text)
{
    if (is_plain(text)) {
        to.append(text);
    } else {
        append_printable_json(to, text);
    }
}

bool is_reserved(std::string_view name) noexcept
{
    return name == "time" || name == "level" || name == "event";
}

}  // namespace

std::string json_line(const record& record)
{
    std::string line;
    line.reserve(512);
    line.append(R"({"time":")");
    append_time(line, record.at);
    line.append(R"(","level":")");
    line.append(name_of(record.severity)).append(R"(","event":)");
    append_printable_json(line, record.event);
    for (const auto& [name, value] : record.fields) {
        line += ',';
        append_printable_json(line, name);
        if (is_reserved(name))
            line.insert(line.size() - 1, 1, '_');
        line += ':';
        std::visit(json_appender{line}, value);
    }
    return line += '}';
}

std::string text_line(const record& record)
{
    std::string line;
    append_time(line, record.at);
    line.append(column_of(record.severity));
    std::string event;
    append_printable_json(event, record.event);
    line.append(event, 1, event.size() - 2);
    for (const auto& [name, value] : record.fields) {
        line.append("  ");
        append_plain_or_json(line, name);
        line.append("=");
        if (const auto* const text = std::get_if<std::string_view>(&value)) {
            append_plain_or_json(line, *text);
        } else {
            std::visit(json_appender{line}, value);
        }
    }
    return line;
}

}  // namespace botapi::logging
