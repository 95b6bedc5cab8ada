#pragma once

#include <botcore/result.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace botapi::http {

/// Parses one JSON text (RFC 8259). Nothing else may follow it.
///
/// Stricter than the RFC, so that no two parsers read a text differently: refuses duplicate keys in
/// an object, invalid UTF-8, lone surrogates, and nesting deeper than `depth_max`.
///
/// Errors: `invalid_argument`, with the fault and its position.
botcore::result<boost::json::value> parse_json(std::string_view text, std::size_t depth_max = 32);

/// A number without a fraction, however it is written: 30.0 and 3e1 are 30 (JSON Schema 2020-12,
/// section 4.2.3). Nothing if the value is not one, or too large to be exact.
std::optional<std::int64_t> whole_number(const boost::json::value& value) noexcept;

}  // namespace botapi::http
