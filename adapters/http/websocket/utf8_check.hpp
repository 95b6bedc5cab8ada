#pragma once

#include <string_view>

namespace botapi::http {

/// Checks a text that arrives in parts, and notices as early as possible that it is not UTF-8 (RFC
/// 3629).
class utf8_check {
public:
    /// Takes the next part. False if the text can no longer become UTF-8.
    bool take(std::string_view part) noexcept;

    /// Whether the text may end here, with no character cut in two.
    [[nodiscard]] bool is_whole() const noexcept { return missing_ == 0; }

private:
    bool begin(unsigned char lead) noexcept;

    unsigned missing_ = 0;        ///< Bytes of the character that have not arrived.
    unsigned char least_ = 0x80;  ///< The range of the next byte.
    unsigned char most_ = 0xBF;
};

}  // namespace botapi::http
