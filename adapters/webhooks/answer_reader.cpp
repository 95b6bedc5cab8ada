#include "adapters/webhooks/answer_reader.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>

namespace botapi::webhooks {

namespace {

constexpr std::string_view blanks = " \t\v\f\r";

/// The most bytes of a body that are read, framing included. The framing of chunks may take more
/// bytes than their content.
constexpr std::size_t raw_body_size_max = 2 * answer_reader::body_size_max;

bool is_digit(char character) noexcept
{
    return character >= '0' && character <= '9';
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// What the beginning of an answer says.
struct status_line {
    bool is_readable = true;           ///< False if no status can follow.
    std::optional<unsigned> status{};  ///< Nothing if more bytes are needed.
};

/// `is_end` says that no bytes follow `text`.
status_line read_status_line(std::string_view text, bool is_end)
{
    constexpr std::string_view version = "HTTP/1.";
    constexpr status_line unreadable{.is_readable = false};
    const status_line too_short{.is_readable = !is_end};
    const auto common = std::min(text.size(), version.size());
    if (text.substr(0, common) != version.substr(0, common))
        return unreadable;
    if (text.size() <= version.size())
        return too_short;
    if (!is_digit(text[version.size()]))
        return unreadable;
    const auto rest = text.substr(version.size() + 1);
    if (rest.empty())
        return too_short;
    const auto digits_at = rest.find_first_not_of(" \t");
    if (digits_at == 0)
        return unreadable;
    if (digits_at == std::string_view::npos)
        return too_short;
    const auto digits = rest.substr(digits_at, 3);
    if (!std::ranges::all_of(digits, is_digit) || digits[0] == '0')
        return unreadable;
    if (digits.size() < 3)
        return too_short;
    unsigned status = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), status);
    const auto after = rest.substr(digits_at + 3);
    if (after.empty())
        return is_end ? status_line{.status = status} : too_short;
    const bool is_whole = after[0] == '\n' || blanks.find(after[0]) != std::string_view::npos;
    return is_whole ? status_line{.status = status} : unreadable;
}

/// Removes the first line from `text`, and returns it without its end.
std::string_view take_line(std::string_view& text)
{
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

struct chunked_body {
    std::string content{};
    bool is_over = false;  ///< Whether the last chunk was read, or a size that is not a number.
};

chunked_body read_chunks(std::string_view raw)
{
    chunked_body body;
    while (raw.find('\n') != std::string_view::npos) {
        const auto line = trimmed(take_line(raw));
        std::size_t size = 0;
        const auto [rest, error] =
            std::from_chars(line.data(), line.data() + line.size(), size, 16);
        if (error != std::errc{} || size == 0) {
            body.is_over = true;
            return body;
        }
        body.content += raw.substr(0, size);
        raw.remove_prefix(std::min(size, raw.size()));
        if (raw.find('\n') != std::string_view::npos)
            take_line(raw);
    }
    return body;
}

std::optional<std::size_t> length_from(std::string_view text)
{
    std::size_t length = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, length);
    if (error != std::errc{} || rest != end)
        return std::nullopt;
    return length;
}

bool is_named(const std::pair<std::string, std::string>& field, std::string_view name)
{
    return boost::beast::iequals(field.first, {name.data(), name.size()});
}

}  // namespace

void answer_reader::add(std::string_view bytes)
{
    if (is_complete())
        return;
    bytes_ += bytes;
    read_status();
}

void answer_reader::end()
{
    has_ended_ = true;
    read_status();
    if (!status_)
        fail();
}

void answer_reader::read_status()
{
    while (!status_ && !is_unreadable_) {
        // Skips empty lines before a status line, such as one too many after an interim answer.
        const auto begin = std::min(bytes_.find_first_not_of("\r\n"), bytes_.size());
        bytes_.erase(0, begin);
        skipped_ += begin;
        const auto line = read_status_line(bytes_, has_ended_);
        if (!line.is_readable || skipped_ > head_size_max)
            return fail();
        if (!line.status)
            return;
        constexpr unsigned switching_protocols = 101;
        if (*line.status >= 200 || *line.status == switching_protocols) {
            status_ = line.status;
            break;
        }
        find_head_end();
        if (body_begin_ == unknown)
            return bytes_.size() + skipped_ > head_size_max ? fail() : void();
        bytes_.erase(0, body_begin_);
        skipped_ += body_begin_;
        scanned_ = 0;
        body_begin_ = unknown;
    }
    if (!status_ || body_begin_ != unknown)
        return;
    find_head_end();
    if (body_begin_ == unknown && bytes_.size() >= head_size_max)
        body_begin_ = bytes_.size();
    if (body_begin_ != unknown)
        note_framing();
}

void answer_reader::find_head_end()
{
    for (auto end = bytes_.find('\n', scanned_); end != std::string::npos;
         end = bytes_.find('\n', scanned_)) {
        const auto next = bytes_.substr(end + 1, 2);
        if (next.starts_with('\n') || next == "\r\n") {
            body_begin_ = end + 1 + next.find('\n') + 1;
            return;
        }
        if (next.empty() || next == "\r")
            return;
        scanned_ = end + 1;
    }
    scanned_ = bytes_.size();
}

void answer_reader::note_framing()
{
    const auto fields = headers();
    if (*status_ < 200 || *status_ == 204 || *status_ == 304) {
        framing_ = framing::length;
        return;
    }
    for (const auto& field : fields) {
        if (is_named(field, "Transfer-Encoding")) {
            framing_ = framing::chunks;
            return;
        }
    }
    const auto given = std::ranges::find_if(fields, [](const auto& field) {
        return is_named(field, "Content-Length");
    });
    const auto length = given == fields.end() ? std::nullopt : length_from(given->second);
    if (length) {
        framing_ = framing::length;
        length_ = *length;
    }
}

bool answer_reader::is_complete() const
{
    if (is_unreadable_ || has_ended_)
        return true;
    if (!has_head())
        return false;
    const auto raw = std::string_view{bytes_}.substr(body_begin_);
    if (raw.size() >= raw_body_size_max)
        return true;
    switch (framing_) {
        case framing::length: return raw.size() >= std::min(length_, body_size_max);
        case framing::close: return raw.size() >= body_size_max;
        case framing::chunks: break;
    }
    const auto chunks = read_chunks(raw);
    return chunks.is_over || chunks.content.size() >= body_size_max;
}

header_fields answer_reader::headers() const
{
    header_fields fields;
    if (!status_)
        return fields;
    auto rest = std::string_view{bytes_}.substr(0, std::min(body_begin_, bytes_.size()));
    take_line(rest);
    while (!rest.empty()) {
        const auto line = take_line(rest);
        const auto colon = line.find(':');
        if (line.starts_with(' ') || line.starts_with('\t') || colon == std::string_view::npos)
            continue;
        fields.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
    return fields;
}

std::string answer_reader::body() const
{
    if (!has_head())
        return {};
    const auto raw = std::string_view{bytes_}.substr(body_begin_);
    if (framing_ == framing::chunks)
        return read_chunks(raw).content.substr(0, body_size_max);
    const auto size = framing_ == framing::length ? std::min(length_, body_size_max)
                                                  : body_size_max;
    return std::string{raw.substr(0, size)};
}

}  // namespace botapi::webhooks
