#pragma once

#include <string_view>

namespace botapi::http {

/// The current time as the value of a `Date` header (RFC 9110 section 5.6.7). Valid until the same
/// thread calls this again.
std::string_view http_date();

}  // namespace botapi::http
