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

/// Consecutive messages of a stream, rendered once for all receivers.
///
/// Thread safety: a batch is immutable.
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

    // About one message, with `at` less than `count()`:

    /// The position behind the message.
    [[nodiscard]] const botcore::stream_position& position(std::size_t at) const noexcept
    {
        return events_[at].position;
    }

    /// Its `message::seq`.
    [[nodiscard]] std::uint64_t seq(std::size_t at) const noexcept { return events_[at].seq; }

    /// The cursor of the position behind the message.
    [[nodiscard]] std::string_view cursor(std::size_t at) const noexcept;

    /// Its JSON, byte for byte as in a list.
    [[nodiscard]] std::string_view json(std::size_t at) const noexcept;

    /// Its JSON in one line. Metadata may have line breaks between tokens; they become spaces.
    [[nodiscard]] std::string_view line(std::size_t at) const noexcept;

    /// The messages from one index on as Server-Sent Events (HTML standard, section 9.2).
    [[nodiscard]] std::string_view frames(std::size_t from) const noexcept;

private:
    /// The offsets of a message's parts in `frames_`, and in `originals_` if it has line breaks.
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
