#pragma once

#include <cstdint>

namespace botapi::http {

/// Bytes that the other end of a TCP socket has acknowledged, ever; 0 if that can't be told.
std::uint64_t acknowledged_bytes(int descriptor) noexcept;

/// Whether the other end of a TCP socket has sent its end, or has broken the connection.
bool has_closed(int descriptor) noexcept;

}  // namespace botapi::http
