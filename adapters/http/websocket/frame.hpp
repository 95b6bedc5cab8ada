#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace botapi::http {

/// The kind of a WebSocket frame (RFC 6455 section 11.8).
enum class opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

/// Whether this is the kind of a control frame, which may come between the frames of a message.
constexpr bool is_control(opcode kind) noexcept
{
    return (static_cast<unsigned>(kind) & 0x8U) != 0;
}

/// Why the server closes a WebSocket (RFC 6455 section 7.4.1).
enum class close_code : std::uint16_t {
    normal = 1000,
    going_away = 1001,        ///< The server shuts down: connect again.
    protocol_error = 1002,    ///< The client broke the protocol.
    unsupported_data = 1003,  ///< The server accepts no messages of this kind.
    invalid_text = 1007,      ///< A text is not UTF-8, or can't be inflated.
    policy = 1008,            ///< The client exceeded a time limit, or its key or token has ended.
    too_large = 1009,         ///< A message exceeds the size limit.
    failed = 1011,            ///< The server failed.
    try_again_later = 1013,   ///< The server has no room for this now.
};

/// Bytes that a control frame may carry (RFC 6455 section 5.5).
inline constexpr std::size_t control_size_max = 125;

/// The header of a frame that holds a whole message from the server. `is_deflated` says whether its
/// content is compressed.
std::string frame_head(opcode kind, std::size_t size, bool is_deflated);

/// The content of a close frame. `reason` is UTF-8, and is cut off if it is too long for a frame.
std::string close_content(close_code code, std::string_view reason);

/// Whether a client may send this code (RFC 6455 section 7.4, and what IANA has registered since).
bool is_close_code(unsigned code) noexcept;

}  // namespace botapi::http
