#pragma once

#include <string_view>
#include <vector>

namespace botapi::http {

/// The text of the member `name` of an object, without the white space around it; empty if there
/// is none. `object` must have passed `parse_json`.
std::string_view raw_member(std::string_view object, std::string_view name);

/// The texts of the elements of an array. `array` must have passed `parse_json`.
std::vector<std::string_view> raw_elements(std::string_view array);

}  // namespace botapi::http
