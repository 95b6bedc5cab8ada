#pragma once

#include "adapters/http/websocket/frame.hpp"
#include "adapters/http/websocket/utf8_check.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace botapi::http {

/// A whole message, or a control frame.
struct socket_event {
    opcode kind;  ///< Never `continuation`.
    std::string content;
    bool is_refused = false;  ///< Whether the message was dropped unread; then it has no content.
};

/// Decides which messages the server reads, and how much of them it holds.
class message_admission {
public:
    virtual ~message_admission() = default;

    /// Whether to read a message that has arrived. Called once for each message, before it is
    /// inflated. After `false` the reader still reads a short message: that costs next to nothing,
    /// and tells to which command the refusal belongs.
    virtual bool admits() = 0;

    /// Whether the server may hold `size` bytes of a message that has not arrived as a whole. A
    /// `size` of 0 says that the message has arrived.
    virtual bool may_hold(std::size_t size) = 0;
};

/// A fault of the client that ends the WebSocket.
struct socket_fault {
    close_code code;
    std::string_view reason;  ///< A constant.
};

/// The limits of a client's messages.
struct frame_rules {
    std::size_t size_max;         ///< Bytes of a message, before and after it is inflated.
    bool takes_binary = false;    ///< Whether messages may be binary.
    bool takes_deflated = false;  ///< Whether messages may be deflated.
    message_admission* admission = nullptr;  ///< Null: every message is read.
};

/// Puts messages together from the frames of a client (RFC 6455 section 5, RFC 7692 section 6).
///
/// It reports a fault as early as it can: a faulty header before the content has arrived, and a
/// faulty text at its first byte that is not UTF-8. After a fault the reader can't be used again.
class frame_reader {
public:
    /// The most bytes of a short message, before and after it is inflated.
    static constexpr std::size_t short_size_max = 1'024;

    explicit frame_reader(frame_rules rules) noexcept : rules_{rules} {}

    /// Consumes bytes from the front of `bytes`, up to the next event or fault. Nothing if all
    /// bytes are consumed and an event needs more.
    std::variant<std::monostate, socket_event, socket_fault> read(std::string_view& bytes);

    /// Whether a message or a control frame has begun and is incomplete.
    [[nodiscard]] bool is_within() const noexcept
    {
        return head_size_ != 0 || has_head_ || is_within_message_;
    }

private:
    using outcome = std::variant<std::monostate, socket_event, socket_fault>;

    [[nodiscard]] std::size_t head_size_needed() const noexcept;
    [[nodiscard]] unsigned char head_at(std::size_t at) const noexcept { return head_.at(at); }
    outcome take_head(std::string_view& bytes);
    outcome check_start();
    outcome begin_content();
    outcome take_content(std::string_view& bytes);
    outcome check_held();
    outcome end_frame();
    outcome end_message();
    outcome end_control();

    frame_rules rules_;

    std::array<unsigned char, 14> head_{};
    std::size_t head_size_ = 0;  ///< Bytes of the header that have arrived.
    bool has_head_ = false;      ///< Whether the header is complete.
    opcode kind_{};              ///< Of the frame.
    std::uint64_t missing_ = 0;  ///< Bytes of the frame's content that have not arrived.
    std::size_t mask_at_ = 0;    ///< The index of the mask's next byte.

    bool is_within_message_ = false;
    opcode message_kind_{};
    bool is_deflated_ = false;
    utf8_check text_{};
    std::string message_;
    std::string control_;
};

}  // namespace botapi::http
