#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace botapi::http {

/// What was agreed on about compressing messages (RFC 7692 section 7.1). No message refers to one
/// before it, in either direction: so a socket that waits keeps no window, whose size would be many
/// times that of all else it needs.
struct deflate_terms {
    int window_bits = 15;        ///< Of what we send: the client keeps no larger window.
    bool must_say_bits = false;  ///< Whether the client asked for that.
};

/// The first offer in a `Sec-WebSocket-Extensions` field that can be accepted; nothing if there is
/// none. What is no well-formed offer is passed over, as RFC 7692 section 5.1 demands.
std::optional<deflate_terms> accept_deflate(std::string_view offers);

/// The answer to the offer, as the value of `Sec-WebSocket-Extensions`.
std::string to_text(const deflate_terms& terms);

/// A message's content as it goes over the wire (RFC 7692 section 7.2.1).
std::string deflate(std::string_view content, const deflate_terms& terms);

/// Why something can't be inflated.
enum class inflate_fault { malformed, too_large };

/// The inverse of `deflate`, of no more than `size_max` bytes.
std::variant<std::string, inflate_fault> inflate(std::string_view deflated, std::size_t size_max);

}  // namespace botapi::http
