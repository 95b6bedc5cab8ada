#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace botapi::http {

/// What a frame of a WebSocket carries (RFC 6455 section 11.8).
enum class opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

/// Whether frames of this kind stand between those of a message.
constexpr bool is_control(opcode kind) noexcept
{
    return (static_cast<unsigned>(kind) & 0x8U) != 0;
}

/// Why we end a WebSocket (RFC 6455 section 7.4.1).
enum class close_code : std::uint16_t {
    normal = 1000,
    going_away = 1001,        ///< The server ends: connect again.
    protocol_error = 1002,    ///< What came is no WebSocket.
    unsupported_data = 1003,  ///< What came is of a kind that is not spoken here.
    invalid_text = 1007,      ///< What came is no UTF-8, or can't be inflated.
    policy = 1008,            ///< The peer may not go on.
    too_large = 1009,         ///< A message was larger than may be.
    failed = 1011,            ///< The fault is the server's.
};

/// Bytes that a control frame may carry (RFC 6455 section 5.5).
inline constexpr std::size_t control_size_max = 125;

/// The header of a whole message in one frame from a server. `is_deflated`: its content is.
std::string frame_head(opcode kind, std::size_t size, bool is_deflated);

/// What a close frame carries. Of `reason`, which is UTF-8, only what there is room for.
std::string close_content(close_code code, std::string_view reason);

/// Whether a peer may send this code (RFC 6455 section 7.4, and what IANA has registered since).
bool is_close_code(unsigned code) noexcept;

}  // namespace botapi::http
