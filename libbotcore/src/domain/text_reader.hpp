#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace botcore {

/// Removes characters from the front of a text. After the first failure, every read fails.
class text_reader {
public:
    explicit text_reader(std::string_view text) noexcept : rest_{text} {}

    /// Reads exactly `count` digits and returns their number; -1 on failure.
    int number(std::size_t count) noexcept
    {
        if (rest_.size() < count || !std::ranges::all_of(rest_.substr(0, count), is_digit))
            return fail();
        int value = 0;
        for (const char digit : rest_.substr(0, count))
            value = value * 10 + (digit - '0');
        rest_.remove_prefix(count);
        return value;
    }

    /// Reads one character of `wanted`; U+0000 on failure.
    char any_of(std::string_view wanted) noexcept
    {
        if (rest_.empty() || wanted.find(rest_.front()) == std::string_view::npos) {
            fail();
            return '\0';
        }
        const char found = rest_.front();
        rest_.remove_prefix(1);
        return found;
    }

    [[nodiscard]] bool sees(char wanted) const noexcept
    {
        return !rest_.empty() && rest_.front() == wanted;
    }

    /// The number of digits at the front of the text.
    [[nodiscard]] std::size_t digits_ahead() const noexcept
    {
        const auto* const end = std::ranges::find_if_not(rest_, is_digit);
        return static_cast<std::size_t>(end - rest_.begin());
    }

    [[nodiscard]] bool failed() const noexcept { return failed_; }
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

    int fail() noexcept
    {
        failed_ = true;
        rest_ = {};
        return -1;
    }

private:
    static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace botcore
