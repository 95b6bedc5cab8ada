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

/// The inverse of `to_base64`; nothing if `text` is not the canonical form of any bytes.
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

/// Bytes in URL-safe base64 without padding (RFC 4648 section 5).
std::string to_base64url(std::span<const std::uint8_t> bytes);
void append_base64url(std::string& out, std::span<const std::uint8_t> bytes);

/// Fills `bytes`: the inverse of `to_base64url`. False if `text` is not the canonical form of
/// exactly that many bytes.
bool read_base64url(std::string_view text, std::span<std::uint8_t> bytes) noexcept;

}  // namespace botcore
