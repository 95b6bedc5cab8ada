#pragma once

#include <botcore/domain/api_key.hpp>
#include <botcore/domain/conversation_token.hpp>
#include <botcore/domain/grant.hpp>

#include <memory>
#include <optional>
#include <string>

namespace botapi::http {

/// The client behind a request: the holder of a key, or of a token that was issued with one.
struct caller {
    std::shared_ptr<const botcore::api_key>
        key{};  ///< Null for a token that was issued without a key.
    botcore::grant grant{};
    std::optional<botcore::conversation_token> token{};
    std::optional<botcore::signing_key> signer{};  ///< The key that signed the token.

    /// The subject of its own rate limit: the key, or the client in its conversation.
    [[nodiscard]] std::string subject() const
    {
        if (token)
            return token->seat.conversation.text() + token->seat.client.text();
        return key ? key->id.text() : std::string{};
    }
};

}  // namespace botapi::http
