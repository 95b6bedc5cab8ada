#pragma once

#include <string>
#include <string_view>

namespace botapi::logging {

/// Appends `bytes` as a JSON string in quotation marks (RFC 8259 section 7).
///
/// Every byte that is no part of well-formed UTF-8 becomes U+FFFD. Control characters, those of C1
/// and U+007F included, are escaped.
void append_json_string(std::string& to, std::string_view bytes);

}  // namespace botapi::logging
