#pragma once

#include <botcore/domain/access.hpp>
#include <botcore/domain/api_key.hpp>
#include <botcore/domain/draft.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/query.hpp>
#include <botcore/domain/stream.hpp>
#include <botcore/result.hpp>

#include <optional>

namespace botcore {

/// What a caller may see and do. All such decisions are made here.
///
/// A holder of a key may do what the key's scopes allow, with the bots that the key may see. A
/// caller with a seat may read its conversation and send messages from its client to bots there,
/// nothing else. A refusal never shows whether a hidden entity exists.
class grant {
public:
    /// The caller may see and do everything.
    grant() = default;

    explicit grant(const api_key& key);

    /// This grant, limited to reading and writing as one client in one conversation.
    [[nodiscard]] grant seated(const botcore::seat& seat) const;

    [[nodiscard]] bool allows(scope needed) const noexcept { return scopes_.allows(needed); }

    /// The bots that the caller may see.
    [[nodiscard]] const visible_bots& bots() const noexcept { return bots_; }

    [[nodiscard]] const std::optional<botcore::seat>& seat() const noexcept { return seat_; }

    /// The API key whose quota counts the stored messages.
    [[nodiscard]] const std::optional<key_id>& account() const noexcept { return account_; }

    // These functions decide whether a request is allowed. They do not look at stored data. Their
    // error is `forbidden`, with a fault for each field that the caller has to change.
    [[nodiscard]] result<> may_list(const message_filter& filter) const;
    [[nodiscard]] result<> may_list(const conversation_filter& filter) const;
    [[nodiscard]] result<> may_read(conversation_id conversation) const;
    [[nodiscard]] result<> may_follow(const stream_id& stream) const;
    [[nodiscard]] result<> may_send(const draft& draft) const;

    /// Whether the caller may issue tokens. A holder of a token may not.
    [[nodiscard]] result<> may_issue_tokens() const;

    /// Whether the caller may see a message.
    [[nodiscard]] bool may_see(const message& message) const noexcept;

    /// Whether a message from `sender` may count as a bot's message.
    [[nodiscard]] bool may_speak_as(bot_id sender) const noexcept
    {
        return !seat_ && bots_.contains(sender);
    }

private:
    [[nodiscard]] bool is_elsewhere(const std::optional<conversation_id>& conversation
    ) const noexcept
    {
        return seat_ && conversation != seat_->conversation;
    }

    scope_set scopes_{scope::admin};
    visible_bots bots_{};
    std::optional<botcore::seat> seat_{};
    std::optional<key_id> account_{};
};

}  // namespace botcore
