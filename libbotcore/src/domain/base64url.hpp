#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace botcore {

/// The characters that stand for `bytes` (RFC 4648 section 5). Precondition: there are 3, 6, 9, …
/// of them, so that the text needs no padding.
std::string to_base64url(std::span<const std::uint8_t> bytes);

/// The inverse of `to_base64url`. False if `text` does not stand for as many bytes as there are.
bool read_base64url(std::string_view text, std::span<std::uint8_t> bytes) noexcept;

}  // namespace botcore
