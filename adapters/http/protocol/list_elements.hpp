#pragma once

#include <string_view>

namespace botapi::http {

/// `text` without the white space around it (RFC 9110 section 5.6.3).
std::string_view trim(std::string_view text) noexcept;

/// Removes the element before `separator`, and the separator, from the front of `rest`. A separator
/// within a quoted string does not count. Returns the trimmed element.
std::string_view take_until(std::string_view& rest, char separator) noexcept;

/// An element of a list and its weight, as in `text/html;q=0.5`.
struct weighted_element {
    std::string_view name;
    double weight = 1;
};

/// Reads an element without the comma (RFC 9110 section 12.4.2). Its weight is 0 if it is malformed
/// or not from 0 to 1. Other parameters are ignored.
weighted_element read_weighted(std::string_view element);

}  // namespace botapi::http
