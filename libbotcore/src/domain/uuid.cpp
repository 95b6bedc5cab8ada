#include <botcore/domain/hexadecimal.hpp>
#include <botcore/domain/uuid.hpp>

#include <algorithm>

namespace botcore {

namespace {

constexpr bool is_hyphen_index(std::size_t at) noexcept
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

void write_shard(uuid::bytes_type& bytes, shard_number shard) noexcept
{
    bytes[14] = static_cast<std::uint8_t>(shard >> 8U);
    bytes[15] = static_cast<std::uint8_t>(shard);
}

void write_version(uuid::bytes_type& bytes, unsigned version) noexcept
{
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | (version << 4U));
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
}

}  // namespace

std::optional<uuid> uuid::parse(std::string_view text) noexcept
{
    if (text.size() != text_size)
        return std::nullopt;

    bytes_type bytes{};
    std::size_t digits = 0;
    for (std::size_t at = 0; at < text_size; ++at) {
        if (is_hyphen_index(at)) {
            if (text[at] != '-')
                return std::nullopt;
            continue;
        }
        const unsigned value = hexadecimal_value(text[at]);
        if (value > 15)
            return std::nullopt;
        auto& byte = bytes[digits / 2];
        byte = static_cast<std::uint8_t>((unsigned{byte} << 4U) | value);
        ++digits;
    }
    return uuid{bytes};
}

std::string uuid::text() const
{
    std::string text;
    append_to(text);
    return text;
}

void uuid::append_to(std::string& out) const
{
    std::array<char, text_size> text{};
    auto next = text.begin();
    for (std::size_t at = 0; at < size; ++at) {
        if (at == 4 || at == 6 || at == 8 || at == 10)
            *next++ = '-';
        *next++ = hexadecimal_digits[bytes_[at] >> 4U];
        *next++ = hexadecimal_digits[bytes_[at] & 0x0fU];
    }
    out.append(text.data(), text.size());
}

uuid make_uuid_v7(
    std::chrono::milliseconds since_epoch,
    std::uint16_t sequence,
    std::uint64_t random,
    shard_number shard
) noexcept
{
    uuid::bytes_type bytes{};
    const auto time = static_cast<std::uint64_t>(since_epoch.count());
    for (std::size_t at = 0; at < 6; ++at)
        bytes[at] = static_cast<std::uint8_t>(time >> (40 - 8 * at));
    bytes[6] = static_cast<std::uint8_t>(sequence >> 8U);
    bytes[7] = static_cast<std::uint8_t>(sequence);
    for (std::size_t at = 8; at < 14; ++at)
        bytes[at] = static_cast<std::uint8_t>(random >> (8 * (at - 8)));
    write_version(bytes, 7);
    write_shard(bytes, shard);
    return uuid{bytes};
}

uuid make_uuid_v8(std::span<const std::uint8_t, uuid::size> hash, shard_number shard) noexcept
{
    uuid::bytes_type bytes{};
    std::ranges::copy(hash, bytes.begin());
    write_version(bytes, 8);
    write_shard(bytes, shard);
    return uuid{bytes};
}

}  // namespace botcore
