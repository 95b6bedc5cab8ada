#pragma once

#include <string_view>

namespace botapi::http {

/// Says as early as can be that a text which arrives in parts is no UTF-8 (RFC 3629).
class utf8_check {
public:
    /// Takes the next part. False if no continuation can make this UTF-8.
    bool take(std::string_view part) noexcept;

    /// Whether the text may end here: no character is cut in two.
    [[nodiscard]] bool is_whole() const noexcept { return missing_ == 0; }

private:
    bool begin(unsigned char lead) noexcept;

    unsigned missing_ = 0;        ///< Bytes of the character that are still to come.
    unsigned char least_ = 0x80;  ///< Of the next of them.
    unsigned char most_ = 0xBF;
};

}  // namespace botapi::http
