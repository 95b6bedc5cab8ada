#pragma once

#include <string_view>

namespace botapi::http {

/// `text` without the white space around it (RFC 9110 section 5.6.3).
std::string_view trim(std::string_view text) noexcept;

/// Removes the element before `separator`, and the separator, from the front of `rest`. A separator
/// within a quoted string does not count. Returns the trimmed element.
std::string_view take_until(std::string_view& rest, char separator) noexcept;

}  // namespace botapi::http
