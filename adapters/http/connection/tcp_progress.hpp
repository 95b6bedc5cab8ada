#pragma once

#include <cstdint>

namespace botapi::http {

/// Bytes that the peer of a TCP socket has acknowledged so far; 0 if the system can't tell.
std::uint64_t acknowledged_bytes(int descriptor) noexcept;

/// Whether the peer of a TCP socket has closed its end, or has broken the connection.
bool has_closed(int descriptor) noexcept;

}  // namespace botapi::http
