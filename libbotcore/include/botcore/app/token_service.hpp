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

/// A request for a token as it arrives: unchecked, and empty where a field is missing.
struct token_input {
    std::optional<std::string_view> conversation_id{};
    std::optional<std::string_view> client_id{};
    std::optional<std::int64_t> expires_in{};  ///< Seconds.
};

/// How long tokens live, 24 hours at most.
struct token_limits {
    std::chrono::seconds life{1'800};       ///< If the request names no life.
    std::chrono::seconds life_max{86'400};  ///< The longest life of a token, refreshes included.
};

/// Decides which tokens may be issued. It reads only the clock and signs nothing.
///
/// Thread safety: all functions may be called from any number of threads at once.
class token_service {
public:
    /// Keeps a reference: `clock` must outlive the service.
    explicit token_service(const clock& clock, token_limits limits = {}) noexcept
        : clock_{clock}, limits_{limits}
    {
    }

    /// A token for an anonymous user, issued by the key `issuer`, which has the grant `by`.
    ///
    /// Errors: those of `grant::may_issue_tokens`; `invalid_argument` with a fault for each faulty
    /// field.
    [[nodiscard]] result<conversation_token> issue(
        const token_input& input,
        const grant& by,
        std::optional<key_id> issuer
    ) const;

    /// Makes the successor of the valid token `held`. All tokens of the chain expire at the latest
    /// `life_max` after its first token was issued.
    [[nodiscard]] conversation_token refresh(const conversation_token& held) const;

private:
    const clock& clock_;
    token_limits limits_;
};

}  // namespace botcore
