#include "adapters/http/connection/head_scanner.hpp"

#include "adapters/http/protocol/grammar.hpp"

#include <algorithm>

namespace botapi::http {

namespace {

constexpr bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

constexpr bool is_visible_ascii(char c) noexcept
{
    return c > 0x20 && c < 0x7f;
}

/// RFC 9112 section 2.3. Any digits will do.
bool is_version(std::string_view text) noexcept
{
    return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
           is_digit(text[7]);
}

/// RFC 9112 section 3. The target may be any text that is not empty.
bool is_request_line(std::string_view line) noexcept
{
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return false;
    const auto target = line.substr(first + 1, last - first - 1);
    return is_token(line.substr(0, first)) && !target.empty() &&
           std::ranges::all_of(target, is_visible_ascii) && is_version(line.substr(last + 1));
}

/// Whether a request line, or the part of one that has arrived, begins with a method that is too
/// long.
bool has_endless_method(std::string_view line) noexcept
{
    constexpr auto size_max = head_scanner::method_size_max;
    return line.size() > size_max && is_token(line.substr(0, size_max + 1));
}

}  // namespace

std::optional<std::string_view> fault_of_field(std::string_view line) noexcept
{
    if (has_control(line))
        return "The header has a control character.";
    if (line.starts_with(' ') || line.starts_with('\t'))
        return "A field continues on a second line, which HTTP no longer allows.";
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
        return "A line of the header has no colon.";
    if (!is_token(line.substr(0, colon)))
        return "A field's name has a character that no name may have.";
    return std::nullopt;
}

head_scanner::state head_scanner::scan(std::string_view arrived)
{
    for (;;) {
        const auto end = arrived.find('\n', seen_);
        if (end == std::string_view::npos)
            break;
        auto line = arrived.substr(line_begin_, end - line_begin_);
        // This comes before all other checks, so that a line that arrives in parts has the same
        // result: then the scanner stops here, and never sees what follows the method.
        if (!has_request_line_ && has_endless_method(line))
            return state::unknown_method;
        if (!line.ends_with('\r'))
            return refuse("A line ends with a line feed alone. It must end with CR LF.");
        line.remove_suffix(1);
        seen_ = line_begin_ = end + 1;
        if (line.empty() && has_request_line_)
            return state::complete;
        if (const auto result = take_line(line); result != state::incomplete)
            return result;
    }

    auto unseen = arrived.substr(seen_);
    if (unseen.ends_with('\r'))
        unseen.remove_suffix(1);
    seen_ += unseen.size();
    return check_unfinished(arrived.substr(line_begin_, seen_ - line_begin_), unseen);
}

head_scanner::state head_scanner::take_line(std::string_view line)
{
    if (!has_request_line_) {
        has_request_line_ = true;
        if (has_control(line))
            return refuse("The header has a control character.");
        return is_request_line(line)
                   ? state::incomplete
                   : refuse(
                         "The first line is not METHOD TARGET HTTP/VERSION, with one space "
                         "between each, and every other character of the target encoded."
                     );
    }

    ++field_count_;
    const auto fault = fault_of_field(line);
    return fault ? refuse(*fault) : state::incomplete;
}

/// Refuses a faulty line before its end, which may arrive late or never. `unseen` is the new part.
head_scanner::state head_scanner::check_unfinished(std::string_view line, std::string_view unseen)
{
    if (!has_request_line_ && has_endless_method(line))
        return state::unknown_method;
    return has_control(unseen) ? refuse("The header has a control character.") : state::incomplete;
}

head_scanner::state head_scanner::refuse(std::string_view fault) noexcept
{
    fault_ = fault;
    return state::malformed;
}

}  // namespace botapi::http
