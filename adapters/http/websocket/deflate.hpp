#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace botapi::http {

/// The agreement with a client on compression (RFC 7692 section 7.1). Both sides compress each
/// message by itself. So a waiting socket keeps no window, which would be many times larger than
/// everything else that it needs.
struct deflate_terms {
    int window_bits = 15;        ///< The window of the server's messages.
    bool must_say_bits = false;  ///< Whether the client set `window_bits`: the answer repeats it.
};

/// The first offer in a `Sec-WebSocket-Extensions` field that can be accepted; nothing if there is
/// none. Malformed offers are skipped, as RFC 7692 section 5.1 demands.
std::optional<deflate_terms> accept_deflate(std::string_view offers);

/// The answer to the offer, as the value of `Sec-WebSocket-Extensions`.
std::string to_text(const deflate_terms& terms);

/// A message's content in compressed form (RFC 7692 section 7.2.1).
std::string deflate(std::string_view content, const deflate_terms& terms);

/// The most bytes to which a message of `deflated_size` may be inflated, at most `size_max`. A
/// message that grows much more than real text is meant to cost the server work and memory.
std::size_t inflated_size_max(std::size_t deflated_size, std::size_t size_max) noexcept;

/// Why a message can't be inflated.
enum class inflate_fault { malformed, too_large };

/// The inverse of `deflate`. The result has at most `size_max` bytes.
std::variant<std::string, inflate_fault> inflate(std::string_view deflated, std::size_t size_max);

}  // namespace botapi::http
