#pragma once

#include <string_view>

namespace botapi::http {

/// `text` without the white space around it (RFC 9110 section 5.6.3).
std::string_view trim(std::string_view text) noexcept;

/// Takes what stands before `separator`, quoted strings respected, off the front of `rest`, and the
/// separator with it. What is returned is trimmed.
std::string_view take_until(std::string_view& rest, char separator) noexcept;

}  // namespace botapi::http
