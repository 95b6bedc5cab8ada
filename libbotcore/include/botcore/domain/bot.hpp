#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/result.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace botcore {

/// The name a bot shows to people.
///
/// Shape: 1 to `size_max` code points of UTF-8, not blank, without U+0000; kept byte for byte.
class bot_name {
public:
    static constexpr std::size_t size_max = 255;  ///< Code points, not bytes.

    /// Errors: `invalid_argument`, naming the broken rule.
    static result<bot_name> parse(std::string_view text);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    friend auto operator<=>(const bot_name&, const bot_name&) = default;

private:
    explicit bot_name(std::string text) noexcept : text_{std::move(text)} {}

    std::string text_;
};

/// A registered bot. Each of its parts was checked before the bot was made.
struct bot {
    bot_id id;
    bot_name name;

    /// The number of changes to the bot, from 1. Its removal and its revival are changes too. Two
    /// states of one bot never have the same version.
    std::uint64_t version = 1;

    friend bool operator==(const bot&, const bot&) = default;
};

}  // namespace botcore
