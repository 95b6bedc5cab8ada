#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace botcore {

/// SHA-256 (FIPS 180-4) over bytes that arrive in parts.
class sha256 {
public:
    using digest_type = std::array<std::uint8_t, 32>;

    static constexpr std::size_t block_size = 64;  ///< Bytes.

    sha256() noexcept;

    sha256& add(std::span<const std::uint8_t> part) noexcept;
    sha256& add(std::string_view part) noexcept;

    /// The hash of all parts. Call it once, after the last part.
    digest_type finish() noexcept;

private:
    void compress(const std::uint8_t* block) noexcept;

    std::array<std::uint32_t, 8> state_;
    std::array<std::uint8_t, block_size> block_{};
    std::uint64_t size_ = 0;
};

/// HMAC-SHA-256 (RFC 2104): a hash that only a holder of `key` can compute.
sha256::digest_type hmac_sha256(
    std::span<const std::uint8_t> key,
    std::string_view message
) noexcept;

}  // namespace botcore
