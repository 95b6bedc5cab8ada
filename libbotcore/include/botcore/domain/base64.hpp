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

/// Bytes in the base64 that may stand in URLs, without padding (RFC 4648 section 5).
std::string to_base64url(std::span<const std::uint8_t> bytes);
void append_base64url(std::string& out, std::span<const std::uint8_t> bytes);

/// The inverse of `to_base64url`. False if `text` is not the one form of as many bytes as there
/// are.
bool read_base64url(std::string_view text, std::span<std::uint8_t> bytes) noexcept;

}  // namespace botcore
