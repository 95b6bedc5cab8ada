#include "big_endian.hpp"

#include <botcore/domain/base64.hpp>
#include <botcore/domain/conversation_token.hpp>
#include <botcore/domain/sha256.hpp>

#include <algorithm>
#include <array>

namespace botcore {

namespace {

using std::chrono::seconds;

// The layout of a token's bytes.
constexpr std::uint8_t first_layout = 1;
constexpr std::size_t number_at = 1;
constexpr std::size_t issuer_at = number_at + 4;
constexpr std::size_t conversation_at = issuer_at + uuid::size;
constexpr std::size_t client_at = conversation_at + uuid::size;
constexpr std::size_t began_at = client_at + uuid::size;
constexpr std::size_t expires_at = began_at + 8;
constexpr std::size_t life_at = expires_at + 8;
constexpr std::size_t signature_at = life_at + 4;
constexpr std::size_t byte_count = signature_at + std::tuple_size_v<sha256::digest_type>;

static_assert(byte_count % 3 == 0, "the text needs no padding");
static_assert(
    conversation_token::text_size == conversation_token::prefix.size() + byte_count / 3 * 4
);

using token_bytes = std::array<std::uint8_t, byte_count>;

template <std::size_t Size>
void put(token_bytes& into, std::size_t at, std::uint64_t number)
{
    std::ranges::copy(big_endian<Size>(number), into.begin() + std::ptrdiff_t(at));
}

template <std::size_t Size>
std::uint64_t number_in(const token_bytes& bytes, std::size_t at) noexcept
{
    std::uint64_t number = 0;
    for (const auto byte : std::span{bytes}.subspan(at, Size))
        number = number << 8U | byte;
    return number;
}

void put(token_bytes& into, std::size_t at, const uuid& id)
{
    std::ranges::copy(id.bytes(), into.begin() + std::ptrdiff_t(at));
}

uuid id_in(const token_bytes& bytes, std::size_t at) noexcept
{
    uuid::bytes_type id{};
    std::copy_n(bytes.begin() + std::ptrdiff_t(at), id.size(), id.begin());
    return uuid{id};
}

std::uint64_t seconds_of(instant at) noexcept
{
    return static_cast<std::uint64_t>(std::chrono::floor<seconds>(at).time_since_epoch().count());
}

instant instant_of(std::uint64_t count) noexcept
{
    return instant{seconds{static_cast<std::int64_t>(count)}};
}

sha256::digest_type signature_of(const token_bytes& bytes, const key_secret& secret)
{
    // `hmac_sha256` takes text, so the bytes become characters.
    std::array<char, signature_at> content{};
    std::transform(bytes.begin(), bytes.begin() + signature_at, content.begin(), [](auto byte) {
        return static_cast<char>(byte);
    });
    return hmac_sha256(secret, {content.data(), content.size()});
}

}  // namespace

std::optional<conversation_token> conversation_token::read(
    std::string_view text,
    std::span<const signing_key> known,
    instant now
)
{
    token_bytes bytes{};
    if (!text.starts_with(prefix) || !read_base64url(text.substr(prefix.size()), bytes))
        return std::nullopt;
    const auto signer =
        std::ranges::find(known, number_in<4>(bytes, number_at), &signing_key::number);
    if (signer == known.end() || !signer->is_valid_at(now))
        return std::nullopt;
    sha256::digest_type shown{};
    std::copy_n(bytes.begin() + signature_at, shown.size(), shown.begin());
    if (!is_same(signature_of(bytes, signer->secret), shown) || bytes[0] != first_layout)
        return std::nullopt;

    conversation_token made{
        .seat =
            {conversation_id{id_in(bytes, conversation_at)}, client_id{id_in(bytes, client_at)}},
        .began = instant_of(number_in<8>(bytes, began_at)),
        .expires = instant_of(number_in<8>(bytes, expires_at)),
        .life = seconds{number_in<4>(bytes, life_at)}};
    if (const auto issuer = id_in(bytes, issuer_at); issuer != uuid{})
        made.issuer = key_id{issuer};
    return made;
}

std::optional<std::uint32_t> conversation_token::signer_in(std::string_view text)
{
    token_bytes bytes{};
    if (!text.starts_with(prefix) || !read_base64url(text.substr(prefix.size()), bytes))
        return std::nullopt;
    return static_cast<std::uint32_t>(number_in<4>(bytes, number_at));
}

std::string conversation_token::text_signed_with(const signing_key& key) const
{
    token_bytes bytes{first_layout};
    put<4>(bytes, number_at, key.number);
    put(bytes, issuer_at, issuer.value_or(key_id{}).value);
    put(bytes, conversation_at, seat.conversation.value);
    put(bytes, client_at, seat.client.value);
    put<8>(bytes, began_at, seconds_of(began));
    put<8>(bytes, expires_at, seconds_of(expires));
    put<4>(bytes, life_at, static_cast<std::uint64_t>(life.count()));
    std::ranges::copy(signature_of(bytes, key.secret), bytes.begin() + signature_at);
    return std::string{prefix} + to_base64url(bytes);
}

const signing_key* signer_at(std::span<const signing_key> known, instant now) noexcept
{
    constexpr seconds spreading{2};  // Servers load new keys several times a second.
    const signing_key* chosen = nullptr;
    for (const auto& one : known) {
        const bool is_known_to_all = one.created + spreading <= now;
        if (one.is_valid_at(now) && (chosen == nullptr || is_known_to_all))
            chosen = &one;
    }
    return chosen;
}

}  // namespace botcore
