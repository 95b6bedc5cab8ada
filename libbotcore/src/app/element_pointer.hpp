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

}  // namespace botcore
