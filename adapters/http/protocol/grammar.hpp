#pragma once

#include <string_view>

namespace botapi::http {

// The small parts that the grammar of HTTP is made of.

/// Whether `c` may be in a token (RFC 9110 section 5.6.2).
bool is_token_char(char c) noexcept;

/// Whether `text` is a token, such as the name of a field or of a method.
bool is_token(std::string_view text) noexcept;

/// Whether `text` has a control character that neither a field (RFC 9110 section 5.5) nor a quoted
/// string (section 5.6.4) may have: some parsers take it for the end of a line.
bool has_control(std::string_view text) noexcept;

}  // namespace botapi::http
