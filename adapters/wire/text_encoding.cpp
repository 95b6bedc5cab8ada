#include "adapters/wire/text_encoding.hpp"

#include <botcore/domain/hexadecimal.hpp>

#include <cstdint>

namespace botapi::wire {

namespace {

std::uint8_t octet_at(std::string_view bytes, std::size_t at) noexcept
{
    return static_cast<std::uint8_t>(bytes[at]);
}

/// The encoding of a text whose characters take two or four bytes, by its byte order mark, or by
/// the zeros around its first ASCII character; an empty name if it is none of these.
std::string_view wide_encoding(std::string_view text) noexcept
{
    using namespace std::string_view_literals;
    if (text.starts_with("\xFF\xFE\0\0"sv))
        return "UTF-32 (little-endian)";
    if (text.starts_with("\0\0\xFE\xFF"sv))
        return "UTF-32 (big-endian)";
    if (text.starts_with("\xFF\xFE"sv))
        return "UTF-16 (little-endian)";
    if (text.starts_with("\xFE\xFF"sv))
        return "UTF-16 (big-endian)";
    if (text.size() < 2)
        return {};
    const bool starts_with_zero = text[0] == '\0';
    if (starts_with_zero == (text[1] == '\0'))
        return text.size() >= 4 && text.starts_with("\0\0\0"sv) && text[3] != '\0'
                   ? "UTF-32 (big-endian)"
                   : std::string_view{};
    if (starts_with_zero)
        return "UTF-16 (big-endian)";
    return text.substr(1).starts_with("\0\0\0"sv) ? "UTF-32 (little-endian)"
                                                  : "UTF-16 (little-endian)";
}

/// Whether half of a surrogate pair stands at the start, in the three bytes that it would have if
/// it were a character (CESU-8 and some JavaScript write that).
bool is_surrogate(std::string_view bytes) noexcept
{
    return bytes.size() >= 3 && octet_at(bytes, 0) == 0xed &&
           (octet_at(bytes, 1) & 0xe0U) == 0xa0 && (octet_at(bytes, 2) & 0xc0U) == 0x80;
}

}  // namespace

std::string_view without_byte_order_mark(std::string_view text) noexcept
{
    return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
}

std::size_t character_size(std::string_view bytes) noexcept
{
    const auto lead = octet_at(bytes, 0);
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;

    const std::size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (bytes.size() < size)
        return 0;
    const auto second = octet_at(bytes, 1);
    const std::uint8_t least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const std::uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most)
        return 0;
    for (std::size_t at = 2; at < size; ++at) {
        if ((octet_at(bytes, at) & 0xc0U) != 0x80)
            return 0;
    }
    return size;
}

std::optional<std::string> fault_of_wide_text(std::string_view text)
{
    const auto name = wide_encoding(text);
    if (name.empty())
        return std::nullopt;
    return "This is " + std::string{name} + ". Encode it in UTF-8.";
}

std::optional<std::string> fault_of_encoding(std::string_view text)
{
    if (auto fault = fault_of_wide_text(text))
        return fault;
    for (std::size_t at = 0; at < text.size();) {
        const auto size = character_size(text.substr(at));
        if (size == 0) {
            const auto position = " (at byte " + std::to_string(at) + ")";
            if (is_surrogate(text.substr(at))) {
                return "This is not UTF-8: it has half of a surrogate pair" + position +
                       ". Encode each character as a whole.";
            }
            std::string octet;
            const auto wrong = octet_at(text, at);
            octet += botcore::hexadecimal_digits[wrong >> 4U];
            octet += botcore::hexadecimal_digits[wrong & 0x0fU];
            return std::string{"This is not UTF-8: the byte 0x"}
                .append(octet)
                .append(position)
                .append(" does not begin a character. Encode the text in UTF-8.");
        }
        at += size;
    }
    return std::nullopt;
}

}  // namespace botapi::wire
