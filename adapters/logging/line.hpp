#pragma once

#include <botcore/ports/log.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace botapi::logging {

/// One log record. Lifetime: that of the texts and fields to which it refers.
struct record {
    std::chrono::system_clock::time_point at;
    botcore::severity severity;
    std::string_view event;
    std::span<const botcore::log_field> fields;
};

/// Formats a record as a JSON object (RFC 8259) without an end of line: `time`, `level` and
/// `event`, then the fields.
///
/// The object is always valid JSON: bytes that are not UTF-8 become U+FFFD, and numbers that are
/// not finite become `null`. A field whose name is `time`, `level` or `event` gets a `_` after its
/// name.
std::string json_line(const record& record);

/// Formats a record as a line for people, without an end of line, such as `… INFO  listening
/// addresses=[::1]:8000`.
///
/// Values with spaces or control characters become JSON strings. So no value can look like another
/// field or control the terminal.
std::string text_line(const record& record);

using line_formatter = std::string (*)(const record& record);

}  // namespace botapi::logging
