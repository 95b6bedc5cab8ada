#include "adapters/http/connection/head_scanner.hpp"

#include <algorithm>
#include <array>

namespace botapi::http {

namespace {

constexpr bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

/// RFC 9110 section 5.6.2.
constexpr bool is_token_char(char c) noexcept
{
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || is_digit(c) ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

constexpr bool is_control(char c) noexcept
{
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

constexpr bool is_visible_ascii(char c) noexcept
{
    return c > 0x20 && c < 0x7f;
}

/// A predicate as a lookup table: a header has hundreds of characters.
template <class Predicate>
constexpr std::array<bool, 256> table_of(Predicate predicate)
{
    std::array<bool, 256> table{};
    for (std::size_t at = 0; at < table.size(); ++at)
        table[at] = predicate(static_cast<char>(at));
    return table;
}

constexpr auto token_chars = table_of(is_token_char);
constexpr auto control_chars = table_of(is_control);

bool is_token(std::string_view text) noexcept
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return token_chars[static_cast<unsigned char>(c)];
    });
}

/// RFC 9112 section 2.3. Any digits will do.
bool is_version(std::string_view text) noexcept
{
    return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
           is_digit(text[7]);
}

/// RFC 9112 section 3. The target may be any text.
bool is_request_line(std::string_view line) noexcept
{
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return false;
    const auto target = line.substr(first + 1, last - first - 1);
    return is_token(line.substr(0, first)) && std::ranges::all_of(target, is_visible_ascii) &&
           is_version(line.substr(last + 1));
}

}  // namespace

bool has_control(std::string_view text) noexcept
{
    return std::ranges::any_of(text, [](char c) {
        return control_chars[static_cast<unsigned char>(c)];
    });
}

head_scanner::state head_scanner::scan(std::string_view arrived)
{
    for (;;) {
        const auto end = arrived.find('\n', seen_);
        if (end == std::string_view::npos)
            break;
        if (end == line_begin_ || arrived[end - 1] != '\r')
            return refuse("A line ends with a line feed alone. It must end with CR LF.");
        const auto line = arrived.substr(line_begin_, end - 1 - line_begin_);
        seen_ = line_begin_ = end + 1;
        if (line.empty() && has_request_line_)
            return state::complete;
        if (take_line(line) == state::malformed)
            return state::malformed;
    }

    // The rest of a line may arrive late: a faulty line is refused before its end.
    auto unseen = arrived.substr(seen_);
    if (unseen.ends_with('\r'))
        unseen.remove_suffix(1);
    seen_ += unseen.size();
    return has_control(unseen) ? refuse("The header has a control character.") : state::incomplete;
}

head_scanner::state head_scanner::take_line(std::string_view line)
{
    if (has_control(line))
        return refuse("The header has a control character.");
    if (!has_request_line_) {
        has_request_line_ = true;
        return is_request_line(line)
                   ? state::incomplete
                   : refuse(
                         "The first line is not METHOD TARGET HTTP/VERSION, with one space "
                         "between each, and every other character of the target encoded."
                     );
    }

    ++field_count_;
    if (line.starts_with(' ') || line.starts_with('\t'))
        return refuse("A field continues on a second line, which HTTP no longer allows.");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
        return refuse("A line of the header has no colon.");
    if (!is_token(line.substr(0, colon)))
        return refuse("A field's name has a character that no name may have.");
    return state::incomplete;
}

head_scanner::state head_scanner::refuse(std::string_view fault) noexcept
{
    fault_ = fault;
    return state::malformed;
}

}  // namespace botapi::http
