#pragma once

#include <string_view>

namespace botapi::http {

/// This moment as the value of a `Date` header (RFC 9110 section 5.6.7). Lives until the same
/// thread asks again.
std::string_view http_date();

}  // namespace botapi::http
