#pragma once

#include <botcore/ports/log.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace botapi::logging {

/// One log record. Valid as long as the texts and fields that it views.
struct record {
    std::chrono::system_clock::time_point at;
    botcore::severity severity;
    std::string_view event;
    std::span<const botcore::log_field> fields;
};

/// A JSON object (RFC 8259) without an end of line: `time`, `level` and `event`, then the fields.
///
/// Always valid: bytes that are not UTF-8 become U+FFFD, and numbers that are not finite become
/// `null`. A field with the name of one of the first three gets a `_` after its name.
std::string json_line(const record& record);

/// A line for people without an end of line, such as `… INFO  listening addresses=[::1]:8000`.
///
/// Values with spaces or control characters are written as JSON strings, so that no value can pass
/// for another field or control the terminal.
std::string text_line(const record& record);

using line_formatter = std::string (*)(const record& record);

}  // namespace botapi::logging
