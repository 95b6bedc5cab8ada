#include "adapters/http/live/event_batch.hpp"

#include "adapters/wire/message_json.hpp"

#include <algorithm>

namespace botapi::http {

namespace {

constexpr std::string_view before_cursor = "id: ";
constexpr std::string_view before_line = "\nevent: message\ndata: ";
constexpr std::string_view after_line = "\n\n";

bool is_line_break(char letter) noexcept
{
    return letter == '\n' || letter == '\r';
}

}  // namespace

event_batch::event_batch(
    const botcore::stream_id& stream,
    const std::vector<botcore::message>& messages,
    const wire::message_extras& extras
)
{
    const botcore::stream_cursor_writer cursors{stream};
    events_.reserve(messages.size());
    for (const auto& one : messages) {
        event added{
            .position = position_in(stream, one),
            .seq = one.seq,
            .begin = frames_.size(),
            .cursor_size = 0,
            .line_size = 0,
            .original_begin = originals_.size(),
            .has_original = false,
        };
        frames_.append(before_cursor);
        const auto cursor_begin = frames_.size();
        cursors.append(frames_, added.position);
        added.cursor_size = frames_.size() - cursor_begin;
        frames_.append(before_line);
        const auto begin = frames_.size();
        wire::append_json(frames_, one, extras);
        added.line_size = frames_.size() - begin;
        const auto line = frames_.begin() + static_cast<std::ptrdiff_t>(begin);
        if (std::any_of(line, frames_.end(), is_line_break)) {
            added.has_original = true;
            originals_.append(line, frames_.end());
            std::replace_if(line, frames_.end(), is_line_break, ' ');
        }
        frames_.append(after_line);
        events_.push_back(added);
    }
    frames_.shrink_to_fit();
}

std::size_t event_batch::size() const noexcept
{
    return sizeof *this + events_.capacity() * sizeof(event) + frames_.capacity() +
           originals_.capacity();
}

std::size_t event_batch::first_after(const botcore::stream_position& position) const noexcept
{
    const auto order_of = [](const event& one) { return one.position.order(); };
    const auto found = std::ranges::upper_bound(events_, position.order(), {}, order_of);
    return static_cast<std::size_t>(found - events_.begin());
}

std::string_view event_batch::cursor(std::size_t at) const noexcept
{
    const auto& one = events_[at];
    return std::string_view{frames_}.substr(one.begin + before_cursor.size(), one.cursor_size);
}

std::string_view event_batch::json(std::size_t at) const noexcept
{
    const auto& one = events_[at];
    if (!one.has_original)
        return line(at);
    return std::string_view{originals_}.substr(one.original_begin, one.line_size);
}

std::string_view event_batch::line(std::size_t at) const noexcept
{
    const auto& one = events_[at];
    return std::string_view{frames_}.substr(line_begin(one), one.line_size);
}

std::string_view event_batch::frames(std::size_t from) const noexcept
{
    return std::string_view{frames_}.substr(
        from < events_.size() ? events_[from].begin : frames_.size()
    );
}

std::size_t event_batch::line_begin(const event& one) const noexcept
{
    return one.begin + before_cursor.size() + one.cursor_size + before_line.size();
}

}  // namespace botapi::http
