#pragma once

#include <botcore/domain/direction.hpp>
#include <botcore/domain/id.hpp>
#include <botcore/domain/web_address.hpp>
#include <botcore/domain/webhook_header.hpp>
#include <botcore/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botcore {

using webhook_id = id<struct webhook_tag>;

/// The name of a webhook, unique among the webhooks of its bot.
///
/// Shape: 1 to `size_max` of `a` to `z`, `0` to `9` and `-`, with no `-` at either end.
class webhook_name {
public:
    static constexpr std::size_t size_max = 64;  ///< Characters.

    /// Errors: `invalid_argument`.
    static result<webhook_name> parse(std::string_view text);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    friend auto operator<=>(const webhook_name&, const webhook_name&) = default;

private:
    explicit webhook_name(std::string text) noexcept : text_{std::move(text)} {}

    std::string text_;
};

/// A secret that the server shares with one receiver. The receiver uses it to verify requests.
///
/// Shape: `whsec_`, and `size_min` to `size_max` bytes in base64 (RFC 4648 section 4), as Standard
/// Webhooks defines it.
class webhook_secret {
public:
    static constexpr std::size_t size_min = 24;  ///< Bytes.
    static constexpr std::size_t size_max = 64;  ///< Bytes.

    /// Errors: `invalid_argument`, which does not quote the text.
    static result<webhook_secret> parse(std::string_view text);

    /// Precondition: `size_min` to `size_max` bytes.
    explicit webhook_secret(std::vector<std::uint8_t> bytes) noexcept : bytes_{std::move(bytes)} {}

    [[nodiscard]] std::string text() const;

    /// Its last four characters: enough to recognise the secret, too few to use it.
    [[nodiscard]] std::string hint() const;

    [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }

    friend bool operator==(const webhook_secret&, const webhook_secret&) = default;

private:
    std::vector<std::uint8_t> bytes_;
};

/// The events that a webhook can subscribe to.
enum class webhook_event : std::uint8_t {
    message_inbound = 0,   ///< A client sent a message to the bot.
    message_outbound = 1,  ///< The bot sent a message.
};

inline constexpr std::array<std::pair<webhook_event, std::string_view>, 2> webhook_event_names{
    {{webhook_event::message_inbound, "message.inbound"},
     {webhook_event::message_outbound, "message.outbound"}}};

/// The event of a message with this direction.
constexpr webhook_event event_of(direction way) noexcept
{
    return way == direction::inbound ? webhook_event::message_inbound
                                     : webhook_event::message_outbound;
}

[[nodiscard]] std::string_view name_of(webhook_event event) noexcept;

/// A set of events.
class webhook_events {
public:
    constexpr webhook_events() noexcept = default;

    /// The inverse of `bits`, or nothing if a bit stands for no event.
    static std::optional<webhook_events> from_bits(std::uint64_t bits) noexcept;

    constexpr void add(webhook_event one) noexcept { bits_ |= 1U << static_cast<unsigned>(one); }

    [[nodiscard]] constexpr bool contains(webhook_event one) const noexcept
    {
        return ((bits_ >> static_cast<unsigned>(one)) & 1U) != 0;
    }

    /// Bit 0 stands for the first event.
    [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }

    friend constexpr bool operator==(webhook_events, webhook_events) noexcept = default;

private:
    std::uint64_t bits_ = 0;
};

enum class webhook_state : std::uint8_t {
    disabled = 0,  ///< Its owner disabled it. No message is queued; queued messages wait.
    enabled = 1,
    gone = 2,  ///< The server disabled it because its receiver answered 410.
};

/// A subscription to the messages of a bot. The server sends each message to `url` after it is
/// stored.
struct webhook {
    static constexpr std::size_t secret_count_max = 2;  ///< The new secret and the previous one.
    static constexpr std::size_t header_count_max = 16;
    static constexpr std::size_t each_bot_max = 20;  ///< Webhooks of one bot.

    webhook_id id;  ///< Never reused: a webhook that is created again gets a new id.
    bot_id bot;
    webhook_name name;
    web_address url;
    webhook_events events;
    std::vector<webhook_secret> secrets;  ///< At least one. Each request is signed with all.
    webhook_state state = webhook_state::enabled;

    /// Grows with every change. Two states of webhooks under one name never have the same version,
    /// even if the webhook was removed and created again in between.
    std::uint64_t version = 1;

    std::vector<webhook_header> headers{};  ///< Sent with each request. No two have one name.

    friend bool operator==(const webhook&, const webhook&) = default;
};

/// The value of the header `webhook-signature` of Standard Webhooks. It has one signature for each
/// secret, so that a receiver can change to a new secret at any time.
///
/// `id` is the `delivery_name`; `sent_at` is in seconds since 1970; `body` is that of the request.
std::string signatures_for(
    std::span<const webhook_secret> secrets,
    std::string_view id,
    std::int64_t sent_at,
    std::string_view body
);

}  // namespace botcore
