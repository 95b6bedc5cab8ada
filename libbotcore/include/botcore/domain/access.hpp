#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/domain/idempotency.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace botcore {

using key_id = id<struct key_tag>;

/// What a key may be used for.
enum class scope : std::uint8_t { bots_read, bots_write, messages_read, messages_write, admin };

/// All scopes and their names, as in `messages:read`.
inline constexpr std::array<std::pair<scope, std::string_view>, 5> scope_names{
    {{scope::bots_read, "bots:read"},
     {scope::bots_write, "bots:write"},
     {scope::messages_read, "messages:read"},
     {scope::messages_write, "messages:write"},
     {scope::admin, "admin"}}};

/// The scope with this name, or nothing.
std::optional<scope> parse_scope(std::string_view name) noexcept;

/// Any number of scopes.
class scope_set {
public:
    constexpr scope_set() noexcept = default;
    constexpr scope_set(std::initializer_list<scope> scopes) noexcept
    {
        for (const auto one : scopes)
            add(one);
    }

    /// The inverse of `bits`. Nothing if a bit stands for no scope.
    static std::optional<scope_set> from_bits(std::uint64_t bits) noexcept;

    constexpr void add(scope one) noexcept { bits_ |= 1U << static_cast<unsigned>(one); }

    /// Whether these scopes allow an operation that needs `one`. `admin` allows everything.
    [[nodiscard]] constexpr bool allows(scope one) const noexcept
    {
        return contains(one) || contains(scope::admin);
    }

    [[nodiscard]] constexpr bool contains(scope one) const noexcept
    {
        return ((bits_ >> static_cast<unsigned>(one)) & 1U) != 0;
    }

    [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
    [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }

    friend constexpr bool operator==(scope_set, scope_set) noexcept = default;

private:
    std::uint64_t bits_ = 0;
};

/// The bots that a caller may see: all of them, or some.
///
/// To a caller that sees some bots, the other bots and their messages do not exist.
class visible_bots {
public:
    /// All bots.
    visible_bots() = default;

    /// The caller sees only these bots. Precondition: `bots` has at least one element.
    explicit visible_bots(std::vector<bot_id> bots);

    [[nodiscard]] bool is_all() const noexcept { return bots_.empty(); }
    [[nodiscard]] bool contains(bot_id bot) const noexcept;

    /// The ids of the visible bots, sorted and without duplicates. Empty if the caller sees all
    /// bots.
    [[nodiscard]] const std::vector<bot_id>& ids() const noexcept { return bots_; }

    friend bool operator==(const visible_bots&, const visible_bots&) = default;

private:
    std::vector<bot_id> bots_{};
};

/// The client and the conversation that a conversation token is limited to.
struct seat {
    conversation_id conversation;
    client_id client;

    friend bool operator==(const seat&, const seat&) = default;
};

/// Adds the visible bots to the hash of a request. If all bots are visible, the hash stays
/// unchanged.
content_hash& add_to(content_hash& hash, const visible_bots& visible) noexcept;

}  // namespace botcore
