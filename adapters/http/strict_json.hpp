#pragma once

#include <botcore/result.hpp>

#include <boost/json/value.hpp>

#include <string_view>
#include <vector>

namespace botapi::http {

/// Reads one JSON text (RFC 8259) and nothing after it.
///
/// Stricter than the RFC asks, so that no two readers can understand a text differently: no
/// duplicate keys in an object, no invalid UTF-8, no lone surrogates, no nesting past
/// `json_depth_max`.
///
/// Errors: `invalid_argument`, saying what is wrong and where.
botcore::result<boost::json::value> parse_json(std::string_view text);

inline constexpr std::size_t json_depth_max = 32;

/// The text of the member `name` of an object, without the white space around it; empty if there
/// is none. `object` must have passed `parse_json`.
std::string_view raw_member(std::string_view object, std::string_view name);

/// The texts of the elements of an array. `array` must have passed `parse_json`.
std::vector<std::string_view> raw_elements(std::string_view array);

}  // namespace botapi::http
