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

/// A secret that all servers know, and sign tokens with.
struct signing_key {
    std::uint32_t number = 0;  ///< From 1, the newest highest.
    key_secret secret{};
    instant created{};
    std::optional<instant> ends{};  ///< When nothing that was signed with it is valid any more.

    [[nodiscard]] bool is_valid_at(instant now) const noexcept { return !ends || now < *ends; }

    friend bool operator==(const signing_key&, const signing_key&) = default;
};

/// What an anonymous user shows to be let into one conversation, as one client.
///
/// Nobody keeps it: whoever can check the signature knows all there is to know. Its times are whole
/// seconds.
struct conversation_token {
    /// The longest that a token, and all it is refreshed to, can live.
    static constexpr std::chrono::hours life_max{24};

    static constexpr std::string_view prefix = "bt_";
    static constexpr std::size_t text_size = 143;  ///< Characters, the prefix included.

    std::optional<key_id> issuer{};  ///< Nothing: a server without keys, where nobody needs one.
    botcore::seat seat{};
    instant began{};  ///< When the first was issued that this one comes from.
    instant expires{};
    std::chrono::seconds life{};  ///< How long it lives if it is refreshed.

    /// Nothing if the form is wrong, or if none of `known` that is valid `now` signed it. That it
    /// has not expired is another question.
    static std::optional<conversation_token> read(
        std::string_view text,
        std::span<const signing_key> known,
        instant now
    );

    [[nodiscard]] std::string text_signed_with(const signing_key& key) const;

    friend bool operator==(const conversation_token&, const conversation_token&) = default;
};

/// The key to sign with: the newest that every server has learned of by now; the newest of all, if
/// there is no such. Nothing if none is valid.
const signing_key* signer_at(std::span<const signing_key> known, instant now) noexcept;

}  // namespace botcore
