#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace botapi::wire {

/// U+FEFF in UTF-8, which some programs write before a text. It is not part of the text (RFC 8259
/// section 8.1 lets a reader skip it).
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// `text` without a byte order mark at its start.
std::string_view without_byte_order_mark(std::string_view text) noexcept;

/// The size of the well-formed character at the start of `bytes`, or 0 (Unicode 15, table 3-7).
/// Precondition: `bytes` is not empty.
std::size_t character_size(std::string_view bytes) noexcept;

/// Names the encoding if `text` is UTF-16 or UTF-32, as its first bytes say, and says what to do:
/// one or two sentences. Nothing if it is neither. Precondition: the text has no U+0000, which JSON
/// never has.
std::optional<std::string> fault_of_wide_text(std::string_view text);

/// Why `text` is not UTF-8, and what to do: one or two sentences. Nothing if it is UTF-8.
std::optional<std::string> fault_of_encoding(std::string_view text);

}  // namespace botapi::wire
