#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::webhooks {

using header_fields = std::vector<std::pair<std::string, std::string>>;

/// Reads the answer of a receiver from its bytes. The bytes may arrive in pieces of any size.
///
/// The status line decides: `HTTP/1.`, a digit, blanks, and three digits of status. Later bytes
/// never change the status. So fields without a colon, lines that end in LF alone, two lengths, a
/// head that never ends and broken chunks are no failures. Interim answers (RFC 9110 section 15.2)
/// are skipped, except 101, after which no HTTP follows.
class answer_reader {
public:
    static constexpr std::size_t head_size_max = 65'536;  ///< Bytes, interim answers included.
    static constexpr std::size_t body_size_max = 4'096;   ///< Bytes that are kept.

    /// Adds the next bytes. Ignores them if the answer is complete.
    void add(std::string_view bytes);

    /// Says that the connection has ended, and that no bytes follow.
    void end();

    /// The status of the final answer, as soon as it is known.
    [[nodiscard]] std::optional<unsigned> status() const noexcept { return status_; }

    /// Whether the bytes can't become an answer, whatever follows.
    [[nodiscard]] bool is_unreadable() const noexcept { return is_unreadable_; }

    /// Whether the head of the final answer was read: all of it, or the `head_size_max` bytes that
    /// are kept.
    [[nodiscard]] bool has_head() const noexcept { return status_ && body_begin_ != unknown; }

    /// Whether more bytes would change nothing.
    [[nodiscard]] bool is_complete() const;

    /// The fields of the head, as far as they were read. A line that is not a field is left out.
    [[nodiscard]] header_fields headers() const;

    /// The first bytes of the body, without the framing of its chunks.
    [[nodiscard]] std::string body() const;

private:
    static constexpr std::size_t unknown = static_cast<std::size_t>(-1);

    /// How the end of the body is known (RFC 9112 section 6.3).
    enum class framing { length, chunks, close };

    void read_status();
    void find_head_end();
    void note_framing();
    void fail() noexcept { is_unreadable_ = true; }

    std::string bytes_{};      ///< From the first byte of the newest answer.
    std::size_t skipped_ = 0;  ///< Bytes before that: interim answers and empty lines.
    std::size_t scanned_ = 0;  ///< Bytes that were searched for the end of the head.
    std::size_t body_begin_ = unknown;
    std::optional<unsigned> status_{};
    framing framing_ = framing::close;
    std::size_t length_ = 0;  ///< Bytes of the body, for `framing::length`.
    bool is_unreadable_ = false;
    bool has_ended_ = false;
};

}  // namespace botapi::webhooks
