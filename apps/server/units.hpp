#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace botapi::app {

/// A whole number in decimal digits. Nothing if `text` is not one, or the number is too large.
std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;

/// A number of bytes: `4096`, `4096B`, `64KiB`, `1MiB`, `2GiB`. Nothing if `text` is not one.
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

/// The inverse of `parse_size`, in the largest unit that needs no fraction.
std::string size_text(std::uint64_t bytes);

/// A time: `500ms`, `10s`, `5m`, `1h`; a bare number is seconds. Nothing if it is not one.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;

/// The inverse of `parse_duration`, in the largest unit that needs no fraction. But one hour is
/// `60m`, and one minute is `60s`.
std::string duration_text(std::chrono::milliseconds time);

/// Whether something is on: `yes`, `true`, `on` and `1`, or `no`, `false`, `off` and `0`, in any
/// case. Nothing if it is not one of these.
std::optional<bool> parse_switch(std::string_view text) noexcept;

/// The text without the white space around it.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace botapi::app
