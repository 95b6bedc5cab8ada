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

/// 256 random bits, which only their holder has.
using key_secret = std::array<std::uint8_t, 32>;

/// Of a secret that is random, a plain hash gives nothing away.
using secret_hash = content_hash::digest_type;

/// What a client shows to be let in: `bk_`, the key's id as 32 hexadecimal digits, `_`, the secret
/// as 64, and a checksum of all that as 8, by which scanners tell leaked ones from other text.
struct access_token {
    static constexpr std::size_t text_size = 108;  ///< Characters.

    key_id id;
    key_secret secret{};

    /// Nothing if the form or the checksum is wrong.
    static std::optional<access_token> parse(std::string_view text) noexcept;

    [[nodiscard]] std::string text() const;

    /// What is kept of the secret.
    [[nodiscard]] secret_hash hash() const noexcept;

    friend bool operator==(const access_token&, const access_token&) = default;
};

/// A key to the API, without its secret.
struct api_key {
    static constexpr std::size_t name_size_max = 255;  ///< Code points.
    static constexpr std::uint64_t quota_max = 1'000'000'000'000'000;
    static constexpr std::size_t bot_count_max = 1'000;  ///< Of those a key is limited to.

    key_id id;
    std::string name;  ///< For people.
    scope_set scopes;
    visible_bots bots{};
    instant created{};
    std::optional<instant> expires{};
    std::optional<instant> revoked{};
    std::optional<std::uint64_t> quota{};  ///< How many messages may be stored with it.
    std::uint64_t stored = 0;              ///< How many were, if it has a quota.
    std::optional<instant> last_used{};    ///< To the minute, or nothing until then.
    secret_hash hash{};

    [[nodiscard]] bool is_valid_at(instant now) const noexcept
    {
        return !revoked && (!expires || now < *expires);
    }

    friend bool operator==(const api_key&, const api_key&) = default;
};

/// Takes as long for every difference, so that nobody learns a hash by measuring.
bool is_same(const secret_hash& left, const secret_hash& right) noexcept;

}  // namespace botcore
