#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace botcore {

/// The number of code points in `text`, or nothing if it is not well-formed UTF-8 (Unicode 15,
/// table 3-7: no surrogates, no overlong forms, nothing past U+10FFFF). Linear in its size.
std::optional<std::size_t> count_code_points(std::string_view text) noexcept;

/// Whether `text`, which is well-formed UTF-8, is empty or holds nothing but Unicode `White_Space`
/// (UAX #44).
bool is_blank(std::string_view text) noexcept;

/// Why people can't read `text`: it is not UTF-8, it is blank, or it contains U+0000. The answer is
/// the end of a sentence, as in "must not be blank". Nothing if `text` is readable.
std::optional<std::string_view> unreadable_because(std::string_view text) noexcept;

}  // namespace botcore
