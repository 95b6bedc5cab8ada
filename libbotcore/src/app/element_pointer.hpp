#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace botcore {

/// The JSON Pointer (RFC 6901) to the element at index `at` of the array `list` of an input.
inline std::string element_pointer(std::string_view list, std::size_t at)
{
    return '/' + std::string{list} + '/' + std::to_string(at);
}

/// The JSON Pointer to a member of the object `object` of an input.
inline std::string member_pointer(std::string_view object, std::string_view name)
{
    std::string pointer = '/' + std::string{object} + '/';
    for (const char character : name) {
        if (character == '~') {
            pointer += "~0";
        } else if (character == '/') {
            pointer += "~1";
        } else {
            pointer += character;
        }
    }
    return pointer;
}

}  // namespace botcore
