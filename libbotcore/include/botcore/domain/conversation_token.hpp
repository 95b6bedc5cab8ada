#pragma once

#include <botcore/domain/access.hpp>
#include <botcore/domain/api_key.hpp>
#include <botcore/domain/timestamp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace botcore {

/// A secret that all servers share and sign tokens with.
struct signing_key {
    std::uint32_t number = 0;  ///< From 1. The newest key has the highest.
    key_secret secret{};
    instant created{};
    std::optional<instant> ends{};  ///< When its tokens become invalid.

    /// No clock shows this time or an earlier one: a key that ends then is not valid any more,
    /// whichever server asks.
    static constexpr instant ended_already = instant::min();

    [[nodiscard]] bool is_valid_at(instant now) const noexcept { return !ends || now < *ends; }

    friend bool operator==(const signing_key&, const signing_key&) = default;
};

/// A token that lets an anonymous user into one conversation, as one client.
///
/// No server stores the token: its signed text contains all its data. Its times are whole seconds.
struct conversation_token {
    /// The longest life of a token, its refreshes included.
    static constexpr std::chrono::hours life_max{24};

    static constexpr std::string_view prefix = "bt_";
    static constexpr std::size_t text_size = 143;  ///< Characters, the prefix included.

    std::optional<key_id> issuer{};  ///< Nothing if the server has no API keys.
    botcore::seat seat{};
    instant began{};  ///< When the first token of this chain of refreshes was issued.
    instant expires{};
    std::chrono::seconds life{};  ///< The life of a refreshed token.

    /// Reads the text of a token. Nothing if its form is wrong, or if it was not signed with a key
    /// of `known` that is valid at `now`. The caller must check `expires`.
    static std::optional<conversation_token> read(
        std::string_view text,
        std::span<const signing_key> known,
        instant now
    );

    /// The number of the signing key that a text names. Nothing if the form is wrong; whether that
    /// key signed it, `read` says.
    static std::optional<std::uint32_t> signer_in(std::string_view text);

    [[nodiscard]] std::string text_signed_with(const signing_key& key) const;

    friend bool operator==(const conversation_token&, const conversation_token&) = default;
};

/// The key to sign with: the newest valid key that every server has loaded by now. If no server can
/// rely on that yet, the oldest valid key. Null if no key is valid.
///
/// Precondition: `known` is in the order of the keys' numbers.
const signing_key* signer_at(std::span<const signing_key> known, instant now) noexcept;

}  // namespace botcore
