#pragma once

#include <botcore/domain/access.hpp>
#include <botcore/domain/id.hpp>
#include <botcore/domain/idempotency.hpp>
#include <botcore/domain/timestamp.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace botcore {

/// 256 random bits that only the holder of the key has.
using key_secret = std::array<std::uint8_t, 32>;

/// The hash of a secret. It needs no salt, because the secret is random.
using secret_hash = content_hash::digest_type;

/// The token with which a client authenticates.
///
/// Shape: `bk_`, the key's id as 32 hexadecimal digits, `_`, the secret as 64 digits, and a
/// checksum of the text before it as 8 digits. Secret scanners recognise a leaked token by its
/// checksum.
struct access_token {
    static constexpr std::size_t text_size = 108;  ///< Characters.

    key_id id;
    key_secret secret{};

    /// The token in `text`, or nothing if its form or its checksum is wrong.
    static std::optional<access_token> parse(std::string_view text) noexcept;

    [[nodiscard]] std::string text() const;

    /// The hash that a store keeps in place of the secret.
    [[nodiscard]] secret_hash hash() const noexcept;

    friend bool operator==(const access_token&, const access_token&) = default;
};

/// A key to the API, without its secret.
struct api_key {
    static constexpr std::size_t name_size_max = 255;  ///< Code points.
    static constexpr std::uint64_t quota_max = 1'000'000'000'000'000;
    static constexpr std::size_t bot_count_max = 1'000;  ///< Bots that a key may be limited to.

    key_id id;
    std::string name;  ///< For people.
    scope_set scopes;
    visible_bots bots{};
    instant created{};
    std::optional<instant> expires{};
    std::optional<instant> revoked{};
    std::optional<std::uint64_t> quota{};  ///< Messages that may be stored with the key.
    std::uint64_t stored = 0;              ///< Messages stored so far, if there is a quota.
    std::optional<instant> last_used{};    ///< To the minute. Nothing before the first use.
    secret_hash hash{};

    [[nodiscard]] bool is_valid_at(instant now) const noexcept
    {
        return !revoked && (!expires || now < *expires);
    }

    friend bool operator==(const api_key&, const api_key&) = default;
};

/// Compares in constant time, so that nobody learns a hash by measuring.
bool is_same(const secret_hash& left, const secret_hash& right) noexcept;

}  // namespace botcore
