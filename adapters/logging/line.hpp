#pragma once

#include <botcore/ports/log.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace botapi::logging {

/// One log record. Lifetime: as long as what it views.
struct record {
    std::chrono::system_clock::time_point at;
    botcore::severity severity;
    std::string_view event;
    std::span<const botcore::log_field> fields;
};

/// A JSON object (RFC 8259) without an end of line: `time`, `level` and `event`, then the fields.
///
/// Always valid: bytes that are no UTF-8 become U+FFFD, numbers that are not finite `null`, and a
/// field that is named like one of the first three gets a `_` behind its name.
std::string json_line(const record& record);

/// A line for people without an end of line, such as `… INFO  listening addresses=[::1]:8000`.
///
/// Values with spaces or control characters are written as JSON strings, so that no value can be
/// taken for another field, nor speak to the terminal.
std::string text_line(const record& record);

using line_form = std::string (*)(const record& record);

}  // namespace botapi::logging
