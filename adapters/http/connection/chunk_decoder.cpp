#include "adapters/http/connection/chunk_decoder.hpp"

#include "adapters/http/connection/head_scanner.hpp"
#include "adapters/http/protocol/grammar.hpp"

#include <algorithm>
#include <charconv>

namespace botapi::http {

namespace {

constexpr std::string_view lone_line_feed =
    "A line of the body's framing ends with a line feed alone. It must end with CR LF.";
constexpr std::string_view bad_size = "A chunk does not begin with its size in hexadecimal.";

bool begins_with_digit(std::string_view line) noexcept
{
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    return !line.empty() && digits.find(line.front()) != std::string_view::npos;
}

bool take(std::string_view& text, char expected) noexcept
{
    if (!text.starts_with(expected))
        return false;
    text.remove_prefix(1);
    return true;
}

void skip_blanks(std::string_view& text) noexcept
{
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

bool take_token(std::string_view& text) noexcept
{
    const auto* const end = std::ranges::find_if_not(text, is_token_char);
    const auto size = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(size);
    return size > 0;
}

/// RFC 9110 section 5.6.4. The line has no control characters.
bool take_quoted_string(std::string_view& text) noexcept
{
    if (!take(text, '"'))
        return false;
    while (!text.empty() && text.front() != '"')
        text.remove_prefix(text.front() == '\\' ? std::min<std::size_t>(2, text.size()) : 1);
    return take(text, '"');
}

/// Whether `text` is what may follow the size of a chunk (RFC 9112 section 7.1.1).
bool are_extensions(std::string_view text) noexcept
{
    while (!text.empty()) {
        skip_blanks(text);
        if (!take(text, ';'))
            return false;
        skip_blanks(text);
        if (!take_token(text))
            return false;
        auto value = text;
        skip_blanks(value);
        if (!take(value, '='))
            continue;
        skip_blanks(value);
        if (value.starts_with('"') ? !take_quoted_string(value) : !take_token(value))
            return false;
        text = value;
    }
    return true;
}

}  // namespace

chunk_decoder::state chunk_decoder::decode(
    std::string_view& arrived,
    std::string& content,
    std::size_t size_max
)
{
    while (!arrived.empty() && state_ == state::incomplete) {
        if (part_ != part::data) {
            take_line(arrived);
            continue;
        }
        const auto room = std::min(arrived.size(), size_max - content.size());
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(missing_, room));
        if (count == 0)
            break;
        content.append(arrived.substr(0, count));
        arrived.remove_prefix(count);
        missing_ -= count;
        if (missing_ == 0)
            part_ = part::data_end;
    }
    return state_;
}

/// Takes as much of a line as has arrived, and acts on the line if it is complete.
void chunk_decoder::take_line(std::string_view& arrived)
{
    const auto end = arrived.find('\n');
    const auto piece = arrived.substr(0, end);
    arrived.remove_prefix(std::min(end, arrived.size()));
    const bool is_whole = take(arrived, '\n');

    // A carriage return may only end a line. Its line feed may arrive with the next piece.
    const bool is_broken = line_.ends_with('\r') && !piece.empty();
    const auto bare = piece.substr(0, piece.size() - (piece.ends_with('\r') ? 1 : 0));
    if (is_broken || has_control(bare))
        return refuse("The framing of the body has a control character.");
    if (line_.size() + piece.size() + trailer_size_ > line_size_max_)
        return refuse("A line of the body's framing is too long.");
    line_ += piece;
    if (!is_whole)
        return check_unfinished();
    if (!line_.ends_with('\r'))
        return refuse(lone_line_feed);
    line_.pop_back();
    end_line();
    line_.clear();
}

/// Refuses a line early if its beginning is already wrong.
void chunk_decoder::check_unfinished()
{
    if (line_.empty())
        return;
    if (part_ == part::size_line && !begins_with_digit(line_))
        return refuse(bad_size);
    if (part_ == part::data_end && line_ != "\r")
        return refuse("A chunk is longer than its size says.");
    if (part_ == part::trailer && (line_.front() == ' ' || line_.front() == '\t'))
        return refuse("A field continues on a second line, which HTTP no longer allows.");
}

void chunk_decoder::end_line()
{
    switch (part_) {
        case part::size_line: return begin_chunk();
        case part::data_end:
            part_ = part::size_line;
            if (!line_.empty())
                refuse("A chunk is longer than its size says.");
            return;
        case part::trailer:
            trailer_size_ += line_.size();
            if (line_.empty()) {
                state_ = state::complete;
            } else if (const auto fault = fault_of_field(line_))
                refuse(*fault);
            return;
        case part::data: return;
    }
}

void chunk_decoder::begin_chunk()
{
    constexpr int base = 16;
    const char* const end = line_.data() + line_.size();
    const auto [stop, failure] = std::from_chars(line_.data(), end, missing_, base);
    if (failure == std::errc::result_out_of_range)
        return refuse("The size of a chunk is too large.");
    if (failure != std::errc{} || !begins_with_digit(line_))
        return refuse(bad_size);
    if (!are_extensions({stop, static_cast<std::size_t>(end - stop)}))
        return refuse("What follows the size of a chunk is not an extension.");
    part_ = missing_ == 0 ? part::trailer : part::data;
}

void chunk_decoder::refuse(std::string_view fault) noexcept
{
    fault_ = fault;
    state_ = state::malformed;
}

}  // namespace botapi::http
