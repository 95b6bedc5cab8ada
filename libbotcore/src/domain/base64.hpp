#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace botcore {

/// Bytes in base64 with padding (RFC 4648 section 4).
std::string to_base64(std::span<const std::uint8_t> bytes);

/// The inverse of `to_base64`. Nothing if `text` is not the one form of some bytes.
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace botcore
