#include "big_endian.hpp"

#include <botcore/domain/sha256.hpp>

#include <algorithm>
#include <bit>

namespace botcore {

namespace {

/// FIPS 180-4 section 4.2.2.
constexpr std::array<std::uint32_t, 64> round_constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// FIPS 180-4 section 5.3.3.
constexpr std::array<std::uint32_t, 8> start{
    0x6a09e667,
    0xbb67ae85,
    0x3c6ef372,
    0xa54ff53a,
    0x510e527f,
    0x9b05688c,
    0x1f83d9ab,
    0x5be0cd19};

}  // namespace

sha256::sha256() noexcept : state_{start} {}

sha256& sha256::add(std::span<const std::uint8_t> part) noexcept
{
    while (!part.empty()) {
        const std::size_t used = size_ % block_size;
        const std::size_t taken = std::min(part.size(), block_size - used);
        std::ranges::copy(part.first(taken), block_.begin() + std::ptrdiff_t(used));
        size_ += taken;
        part = part.subspan(taken);
        if (size_ % block_size == 0)
            compress(block_.data());
    }
    return *this;
}

sha256& sha256::add(std::string_view part) noexcept
{
    for (const char byte : part) {
        const auto value = static_cast<std::uint8_t>(byte);
        add(std::span{&value, 1});
    }
    return *this;
}

sha256::digest_type sha256::finish() noexcept
{
    // Padding (section 5.1.1): a one bit, zeros, and the size in bits, to a whole block.
    const auto size_in_bits = big_endian<8>(size_ * 8);
    static constexpr std::array<std::uint8_t, block_size> padding{0x80};
    const std::size_t used = size_ % block_size;
    add(std::span{padding}.first(used < 56 ? 56 - used : 120 - used));
    add(size_in_bits);

    digest_type digest{};
    for (std::size_t at = 0; at < state_.size(); ++at)
        std::ranges::copy(big_endian<4>(state_[at]), digest.begin() + std::ptrdiff_t(4 * at));
    return digest;
}

/// FIPS 180-4 section 6.2.2.
void sha256::compress(const std::uint8_t* block) noexcept
{
    std::array<std::uint32_t, 64> words{};
    for (std::size_t t = 0; t < 16; ++t) {
        words[t] = std::uint32_t{block[4 * t]} << 24U | std::uint32_t{block[4 * t + 1]} << 16U |
                   std::uint32_t{block[4 * t + 2]} << 8U | std::uint32_t{block[4 * t + 3]};
    }
    for (std::size_t t = 16; t < 64; ++t) {
        const auto s0 = std::rotr(words[t - 15], 7) ^ std::rotr(words[t - 15], 18) ^
                        (words[t - 15] >> 3U);
        const auto s1 = std::rotr(words[t - 2], 17) ^ std::rotr(words[t - 2], 19) ^
                        (words[t - 2] >> 10U);
        words[t] = words[t - 16] + s0 + words[t - 7] + s1;
    }

    auto [a, b, c, d, e, f, g, h] = state_;
    for (std::size_t t = 0; t < 64; ++t) {
        const auto sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const auto temp1 = h + sum1 + ((e & f) ^ (~e & g)) + round_constants[t] + words[t];
        const auto sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const auto temp2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + temp1;
        d = c;
        c = b;
        b = a;
        a = temp1 + temp2;
    }

    const std::array<std::uint32_t, 8> worked{a, b, c, d, e, f, g, h};
    for (std::size_t at = 0; at < state_.size(); ++at)
        state_[at] += worked[at];
}

sha256::digest_type hmac_sha256(
    std::span<const std::uint8_t> key,
    std::string_view message
) noexcept
{
    std::array<std::uint8_t, sha256::block_size> inner{};
    if (key.size() <= inner.size()) {
        std::ranges::copy(key, inner.begin());
    } else
        std::ranges::copy(sha256{}.add(key).finish(), inner.begin());
    auto outer = inner;
    for (std::size_t at = 0; at < inner.size(); ++at) {
        inner[at] ^= 0x36U;
        outer[at] ^= 0x5cU;
    }
    const auto hashed = sha256{}.add(inner).add(message).finish();
    return sha256{}.add(outer).add(hashed).finish();
}

}  // namespace botcore
