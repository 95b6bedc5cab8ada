#pragma once

#include <botcore/domain/conversation_token.hpp>
#include <botcore/domain/grant.hpp>
#include <botcore/ports/clock.hpp>
#include <botcore/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace botcore {

/// A token as a stranger asks for it: nothing is checked, and what is missing is empty.
struct token_input {
    std::optional<std::string_view> conversation_id{};
    std::optional<std::string_view> client_id{};
    std::optional<std::int64_t> expires_in{};  ///< Seconds.
};

/// How long tokens live, 24 hours at most.
struct token_limits {
    std::chrono::seconds life{1'800};       ///< If it is not said.
    std::chrono::seconds life_max{86'400};  ///< The longest, refreshed ones included.
};

/// Decides what tokens there can be. Asks nobody but the clock, and signs nothing.
///
/// Thread safety: all functions may be called from any number of threads at once.
class token_service {
public:
    /// Keeps a reference: `clock` must outlive the service.
    explicit token_service(const clock& clock, token_limits limits = {}) noexcept
        : clock_{clock}, limits_{limits}
    {
    }

    /// A token that `issuer`, who may do what `by` says, gives to an anonymous user.
    ///
    /// Errors: those of `grant::may_give_seats`; `invalid_argument` with a fault for each faulty
    /// field.
    [[nodiscard]] result<conversation_token> issue(
        const token_input& input,
        const grant& by,
        std::optional<key_id> issuer
    ) const;

    /// A token that takes the place of `held`, which is valid. It never outlives the longest life
    /// of the first one.
    [[nodiscard]] conversation_token refresh(const conversation_token& held) const;

private:
    const clock& clock_;
    token_limits limits_;
};

}  // namespace botcore
