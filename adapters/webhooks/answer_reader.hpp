#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::webhooks {

using header_fields = std::vector<std::pair<std::string, std::string>>;

/// Reads the answer of a receiver from its bytes, in whatever pieces they arrive.
///
/// The status line decides, `HTTP/1.` with a digit and three digits of status: nothing that comes
/// after it can take the status back. So fields without a colon, lines that end in LF alone, two
/// lengths, a head that never ends and chunks that break are no failures. Interim answers (RFC 9110
/// section 15.2) are skipped, except 101, after which no HTTP follows.
class answer_reader {
public:
    static constexpr std::size_t head_size_max = 65'536;  ///< Bytes, interim answers included.
    static constexpr std::size_t body_size_max = 4'096;   ///< Bytes that are kept.

    /// Takes the next bytes. Ignores them if no more are needed.
    void add(std::string_view bytes);

    /// Takes the end of the connection, after which no bytes follow.
    void end();

    /// The status of the final answer, as soon as it is known.
    [[nodiscard]] std::optional<unsigned> status() const noexcept { return status_; }

    /// Whether the bytes are not an answer, whatever follows.
    [[nodiscard]] bool is_unreadable() const noexcept { return is_unreadable_; }

    /// Whether the whole head of the final answer was read, or as much of it as is kept.
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
    std::size_t skipped_ = 0;  ///< Bytes of interim answers.
    std::size_t scanned_ = 0;  ///< Bytes in which the end of the head is not.
    std::size_t body_begin_ = unknown;
    std::optional<unsigned> status_{};
    framing framing_ = framing::close;
    std::size_t length_ = 0;  ///< Bytes of a body whose length is given.
    bool is_unreadable_ = false;
    bool has_ended_ = false;
};

}  // namespace botapi::webhooks
