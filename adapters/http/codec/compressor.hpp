#pragma once

#include "adapters/http/protocol/content_coding.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace botapi::http {

/// Codes a body, piece by piece.
///
/// Thread safety: none.
class compressor {
public:
    /// What follows a piece.
    enum class then : std::uint8_t {
        more,   ///< At once. The compressor may hold the piece back.
        pause,  ///< Nothing for now: whoever has the output so far can read all that was put in.
        end,    ///< Nothing.
    };

    /// How much work the output is worth.
    enum class effort : std::uint8_t {
        least,  ///< For what is sent once: 100 to 200 MB/s with gzip, thrice that with zstd.
        most,   ///< For what is sent again and again.
    };

    /// Bytes that one compressor holds, about, whatever it is fed with.
    static constexpr std::size_t memory = 320'000;

    virtual ~compressor() = default;

    /// Appends the coded form of `piece` to `out`.
    virtual void put(std::string_view piece, then next, std::string& out) = 0;
};

/// A compressor for a coding other than identity.
std::unique_ptr<compressor> make_compressor(content_coding coding, compressor::effort work);

/// A whole body, coded at once.
std::string compressed(content_coding coding, compressor::effort work, std::string_view content);

}  // namespace botapi::http
