#pragma once

#include <string>
#include <string_view>

namespace botapi::wire {

/// Appends a JSON string with its quotation marks (RFC 8259 section 7). Precondition: `text` is
/// well-formed UTF-8.
void append_json(std::string& out, std::string_view text);

/// Appends unchecked bytes as a JSON string that is safe to show on a terminal.
///
/// Every byte that is not part of well-formed UTF-8 becomes U+FFFD. The control characters U+007F
/// to U+009F are escaped like those below U+0020.
void append_printable_json(std::string& out, std::string_view bytes);

}  // namespace botapi::wire
