#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace botapi::sql {

/// Two digits for each byte, in lower case.
std::string in_hexadecimal(std::span<const std::uint8_t> bytes);

/// The inverse. False if `text` does not have two digits for each byte.
bool read_hexadecimal(std::string_view text, std::span<std::uint8_t> bytes) noexcept;

}  // namespace botapi::sql
