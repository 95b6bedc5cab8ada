#pragma once

#include "adapters/wire/message_json.hpp"

#include <botcore/domain/message.hpp>
#include <botcore/domain/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// Messages that follow each other in a stream, rendered once for all who are sent them.
///
/// Thread safety: it never changes.
class event_batch {
public:
    event_batch(
        const botcore::stream_id& stream,
        const std::vector<botcore::message>& messages,
        const wire::message_extras& extras = {}
    );

    [[nodiscard]] std::size_t count() const noexcept { return events_.size(); }

    /// Bytes, bookkeeping included.
    [[nodiscard]] std::size_t size() const noexcept;

    /// The first message after a position; `count()` if there is none.
    [[nodiscard]] std::size_t first_after(const botcore::stream_position& position) const noexcept;

    // Of one message, `at` less than `count()`:

    /// The position behind it.
    [[nodiscard]] const botcore::stream_position& position(std::size_t at) const noexcept
    {
        return events_[at].position;
    }

    /// Its number within its conversation.
    [[nodiscard]] std::uint64_t seq(std::size_t at) const noexcept { return events_[at].seq; }

    /// The cursor of the position behind it.
    [[nodiscard]] std::string_view cursor(std::size_t at) const noexcept;

    /// Itself, byte for byte as a list shows it.
    [[nodiscard]] std::string_view json(std::size_t at) const noexcept;

    /// The same without line breaks: where metadata has one between its tokens, it has a space.
    [[nodiscard]] std::string_view line(std::size_t at) const noexcept;

    /// What is sent of all messages from one on as Server-Sent Events (HTML standard, section 9.2).
    [[nodiscard]] std::string_view frames(std::size_t from) const noexcept;

private:
    /// Where the parts of a message stand in `frames_`, and in `originals_` if its lines are
    /// broken.
    struct event {
        botcore::stream_position position;
        std::uint64_t seq;
        std::size_t begin;
        std::size_t cursor_size;
        std::size_t line_size;
        std::size_t original_begin;
        bool has_original;
    };

    [[nodiscard]] std::size_t line_begin(const event& one) const noexcept;

    std::vector<event> events_{};
    std::string frames_{};
    std::string originals_{};
};

}  // namespace botapi::http
