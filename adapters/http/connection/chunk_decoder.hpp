#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace botapi::http {

/// Removes the chunked coding (RFC 9112 section 7.1) from a body while the body arrives.
///
/// It refuses whatever the grammar does not allow, as soon as that arrives. Otherwise a client that
/// has sent its whole faulty body would wait for the time limit. It ignores extensions and
/// trailers, which the server does not use.
class chunk_decoder {
public:
    enum class state : std::uint8_t { incomplete, complete, malformed };

    /// `line_size_max` is in bytes: of the line before each chunk, and of all lines after the last.
    explicit chunk_decoder(std::size_t line_size_max) noexcept : line_size_max_{line_size_max} {}

    /// Consumes bytes from the front of `arrived`, and appends the content that they encode to
    /// `content`, which grows to `size_max` bytes at most. Stops at the end of the body, or at a
    /// fault.
    state decode(std::string_view& arrived, std::string& content, std::size_t size_max);

    [[nodiscard]] state result() const noexcept { return state_; }

    /// The fault, as a sentence. Precondition: the body is malformed.
    [[nodiscard]] std::string_view fault() const noexcept { return fault_; }

private:
    /// What the next byte belongs to.
    enum class part : std::uint8_t { size_line, data, data_end, trailer };

    void take_line(std::string_view& arrived);
    void check_unfinished();
    void end_line();
    void begin_chunk();
    void refuse(std::string_view fault) noexcept;

    std::size_t line_size_max_;
    part part_ = part::size_line;
    state state_ = state::incomplete;
    std::uint64_t missing_ = 0;  ///< Bytes of the chunk that have not arrived.
    std::string line_{};         ///< As much of the line as has arrived.
    std::size_t trailer_size_ = 0;
    std::string_view fault_{};
};

}  // namespace botapi::http
