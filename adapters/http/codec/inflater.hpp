#pragma once

#include "adapters/http/protocol/content_coding.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace botapi::http {

/// Undoes the coding of a body, piece by piece.
///
/// Thread safety: none.
class inflater {
public:
    struct progress {
        std::size_t consumed = 0;
        std::size_t produced = 0;
        bool is_malformed = false;  ///< Nothing can be read any more.
    };

    virtual ~inflater() = default;

    /// Reads some of `coded` and fills some of `out`, which is not empty. It stops when one of them
    /// is used up. As long as it fills all of `out`, it may have more, also without further input.
    virtual progress inflate(std::string_view coded, std::span<char> out) = 0;

    /// Whether the content is complete with what has been read.
    [[nodiscard]] virtual bool is_complete() const noexcept = 0;

    /// Bytes that it holds, about.
    [[nodiscard]] virtual std::size_t memory() const noexcept = 0;
};

/// An inflater for a coding other than identity. Several members or frames in a row are one content
/// (RFC 1952 section 2.2, RFC 8878 section 3). A zstd frame may need a window of 8 MiB, as RFC 9659
/// has it.
std::unique_ptr<inflater> make_inflater(content_coding coding);

}  // namespace botapi::http
