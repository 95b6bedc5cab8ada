#pragma once

#include <botcore/result.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <string_view>

namespace botapi::http {

/// Reads one JSON text (RFC 8259) and nothing after it.
///
/// Stricter than the RFC asks, so that no two readers can understand a text differently: no
/// duplicate keys in an object, no invalid UTF-8, no lone surrogates, no nesting past
/// `depth_max`.
///
/// Errors: `invalid_argument`, saying what is wrong and where.
botcore::result<boost::json::value> parse_json(std::string_view text, std::size_t depth_max = 32);

}  // namespace botapi::http
