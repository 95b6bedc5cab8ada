#pragma once

#include <botcore/result.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace botapi::http {

/// Parses one JSON text (RFC 8259), after which nothing may follow.
///
/// Stricter than the RFC, so that no two parsers can read a text differently: no duplicate
/// keys in an object, no invalid UTF-8, no lone surrogates, no nesting past
/// `depth_max`.
///
/// Errors: `invalid_argument`, with the fault and its position.
botcore::result<boost::json::value> parse_json(std::string_view text, std::size_t depth_max = 32);

/// A number without a fraction, however it is written: 30.0 and 3e1 are 30 (JSON Schema 2020-12,
/// section 4.2.3). Nothing if the value is not one, or too large to be exact.
std::optional<std::int64_t> whole_number(const boost::json::value& value) noexcept;

}  // namespace botapi::http
