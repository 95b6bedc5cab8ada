#include <botcore/domain/api_key.hpp>
#include <botcore/domain/hexadecimal.hpp>

#include <span>

namespace botcore {

namespace {

constexpr std::string_view prefix = "bk_";
constexpr std::size_t id_digits = 2 * uuid::size;
constexpr std::size_t secret_digits = 64;
constexpr std::size_t sum_digits = 8;
constexpr std::size_t secret_at = prefix.size() + id_digits + 1;
constexpr std::size_t sum_at = secret_at + secret_digits;

static_assert(sum_at + sum_digits == access_token::text_size);

std::string checksum_of(std::string_view text)
{
    const auto hash = content_hash{}.add("token").add(text).finish();
    return to_hexadecimal(std::span{hash}.first<sum_digits / 2>());
}

}  // namespace

std::optional<access_token> access_token::parse(std::string_view text) noexcept
{
    if (text.size() != text_size || !text.starts_with(prefix) || text[secret_at - 1] != '_' ||
        checksum_of(text.substr(0, sum_at)) != text.substr(sum_at))
        return std::nullopt;
    uuid::bytes_type id{};
    access_token read;
    if (!read_hexadecimal(text.substr(prefix.size(), id_digits), id) ||
        !read_hexadecimal(text.substr(secret_at, secret_digits), read.secret))
        return std::nullopt;
    read.id = key_id{uuid{id}};
    return read;
}

std::string access_token::text() const
{
    std::string text{prefix};
    append_hexadecimal(text, id.value.bytes());
    text.push_back('_');
    append_hexadecimal(text, secret);
    return text + checksum_of(text);
}

secret_hash access_token::hash() const noexcept
{
    // `content_hash` takes text, so the bytes become characters.
    std::array<char, std::tuple_size_v<key_secret>> bytes{};
    for (std::size_t at = 0; at < secret.size(); ++at)
        bytes[at] = static_cast<char>(secret[at]);
    return content_hash{}.add("key").add(id.value).add({bytes.data(), bytes.size()}).finish();
}

bool is_same(const secret_hash& left, const secret_hash& right) noexcept
{
    unsigned difference = 0;
    for (std::size_t at = 0; at < left.size(); ++at)
        difference |= static_cast<unsigned>(left[at] ^ right[at]);
    return difference == 0;
}

}  // namespace botcore
