#pragma once

#include <botcore/domain/sha256.hpp>
#include <botcore/domain/uuid.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace botcore {

/// The name that a client gives to a request. A retry under the same name has no further effect
/// (draft-ietf-httpapi-idempotency-key-header-07).
///
/// Shape: 1 to `size_max` printable ASCII characters.
class idempotency_key {
public:
    static constexpr std::size_t size_max = 255;  ///< Characters.

    /// Errors: `invalid_argument`.
    static result<idempotency_key> parse(std::string_view text);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    friend bool operator==(const idempotency_key&, const idempotency_key&) = default;

private:
    explicit idempotency_key(std::string text) noexcept : text_{std::move(text)} {}

    std::string text_;
};

/// The refusal of a request whose idempotency key belongs to another one: `key_reused`.
error reused_key();

/// The proof, kept for ever, that a request with an idempotency key was carried out.
struct receipt {
    /// Identifies the request: a hash of its kind and of its idempotency key.
    uuid key;

    /// The first 64 bits of a hash of the request's content. It tells a retry from another request
    /// under the same key.
    std::uint64_t digest = 0;

    /// The ids of the request's messages are derived from it. It is random, so that nobody who
    /// knows or guesses the idempotency key can compute the ids and take them first. A retry gets
    /// the ids of the stored receipt.
    uuid seed{};

    friend bool operator==(const receipt&, const receipt&) = default;
};

/// SHA-256 over a sequence of parts. A text is hashed with its length; an id and a number have a
/// fixed size. So two sequences with the same kinds of parts never give the same input.
class content_hash {
public:
    using digest_type = sha256::digest_type;

    content_hash& add(std::string_view part) noexcept;
    content_hash& add(const uuid& part) noexcept;
    content_hash& add(std::uint64_t part) noexcept;

    /// The hash of all parts. Call it once, after the last part.
    digest_type finish() noexcept { return hash_.finish(); }

private:
    sha256 hash_{};
};

}  // namespace botcore
