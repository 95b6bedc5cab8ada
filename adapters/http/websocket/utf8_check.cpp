#include "adapters/http/websocket/utf8_check.hpp"

namespace botapi::http {

bool utf8_check::take(std::string_view part) noexcept
{
    for (const char c : part) {
        const auto byte = static_cast<unsigned char>(c);
        if (missing_ == 0) {
            if (!begin(byte))
                return false;
            continue;
        }
        if (byte < least_ || byte > most_)
            return false;
        --missing_;
        least_ = 0x80;
        most_ = 0xBF;
    }
    return true;
}

/// The range of the second byte excludes overlong forms, surrogates, and characters past U+10FFFF.
bool utf8_check::begin(unsigned char lead) noexcept
{
    if (lead < 0x80)
        return true;
    if (lead < 0xC2 || lead > 0xF4)
        return false;
    missing_ = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    switch (lead) {
        case 0xE0: least_ = 0xA0; break;
        case 0xED: most_ = 0x9F; break;
        case 0xF0: least_ = 0x90; break;
        case 0xF4: most_ = 0x8F; break;
        default: break;
    }
    return true;
}

}  // namespace botapi::http
