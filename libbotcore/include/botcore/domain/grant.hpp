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

/// What a caller may know and do: the one place where that is decided.
///
/// Whoever holds a key may do what its scopes say, with the bots that it may know of. Who has a
/// seat in a conversation may read this conversation, and say what its client says to a bot there;
/// nothing else, whatever it asks for. What may not be known is refused or not there, in the same
/// words as if it did not exist.
class grant {
public:
    /// Everything.
    grant() = default;

    explicit grant(const api_key& key);

    /// A part of this grant: reading and writing as one client in one conversation.
    [[nodiscard]] grant seated(const botcore::seat& place) const;

    [[nodiscard]] bool allows(scope needed) const noexcept { return scopes_.allows(needed); }

    /// Which bots may be known of.
    [[nodiscard]] const visible_bots& bots() const noexcept { return bots_; }

    [[nodiscard]] const std::optional<botcore::seat>& seat() const noexcept { return seat_; }

    /// The key whose quota is used up by what is stored.
    [[nodiscard]] const std::optional<key_id>& account() const noexcept { return account_; }

    // Whether something may be asked at all. The errors are `forbidden`, with a fault for each
    // field that would have to be another, and don't depend on what there is.
    [[nodiscard]] result<> may_list(const message_filter& asked) const;
    [[nodiscard]] result<> may_list(const conversation_filter& asked) const;
    [[nodiscard]] result<> may_read(conversation_id asked) const;
    [[nodiscard]] result<> may_follow(const stream_id& asked) const;
    [[nodiscard]] result<> may_send(const draft& asked) const;

    /// A grant of a seat, which can't be given on.
    [[nodiscard]] result<> may_give_seats() const;

    /// Whether a message that was found may be known of.
    [[nodiscard]] bool may_know(const message& found) const noexcept;

    /// Whether what `sender` says may count as said by a bot.
    [[nodiscard]] bool may_speak_as(bot_id sender) const noexcept
    {
        return !seat_ && bots_.contains(sender);
    }

private:
    [[nodiscard]] bool is_elsewhere(const std::optional<conversation_id>& asked) const noexcept
    {
        return seat_ && asked != seat_->conversation;
    }

    scope_set scopes_{scope::admin};
    visible_bots bots_{};
    std::optional<botcore::seat> seat_{};
    std::optional<key_id> account_{};
};

}  // namespace botcore
