#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace botcore {

/// A JSON Pointer (RFC 6901) to an element of an array that is a member of the input.
inline std::string element_pointer(std::string_view list, std::size_t at)
{
    return '/' + std::string{list} + '/' + std::to_string(at);
}

}  // namespace botcore
