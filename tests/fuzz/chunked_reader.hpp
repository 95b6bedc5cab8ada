#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace botapi::fuzz {

/// A body in chunks, read to its end.
struct chunked_body {
    std::string content;
    std::size_t size;  ///< Bytes with the framing.
};

/// Reads a body by the grammar of RFC 9112 section 7.1, and accepts nothing else. Independent of
/// the server's own reader, to be compared with it. Nothing if the body is malformed, or has no
/// end.
std::optional<chunked_body> read_chunked(std::string_view text);

}  // namespace botapi::fuzz
