#pragma once

#include <botcore/domain/api_key.hpp>
#include <botcore/domain/conversation_token.hpp>
#include <botcore/domain/grant.hpp>

#include <memory>
#include <optional>
#include <string>

namespace botapi::http {

/// Who asks: who holds a key, or a token that was issued with one.
struct caller {
    std::shared_ptr<const botcore::api_key> key{};  ///< Nothing: a token of a server without keys.
    botcore::grant grant{};
    std::optional<botcore::conversation_token> token{};

    /// What its requests are counted under: users don't use up what their bot may ask.
    [[nodiscard]] std::string subject() const
    {
        if (token)
            return token->seat.conversation.text() + token->seat.client.text();
        return key ? key->id.text() : std::string{};
    }
};

}  // namespace botapi::http
