#include <botcore/domain/grant.hpp>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace botcore {

namespace {

error refuse_seated(std::vector<fault> faults)
{
    return refuse(
        errc::forbidden,
        "This token is valid for one client in one conversation only.",
        std::move(faults)
    );
}

fault must_be(std::string pointer, const std::string& id)
{
    return {std::move(pointer), "must be " + id + ", which this token is for."};
}

}  // namespace

grant::grant(const api_key& key) : scopes_{key.scopes}, bots_{key.bots}
{
    if (key.quota)
        account_ = key.id;
}

grant grant::seated(const botcore::seat& seat) const
{
    grant part{*this};
    part.seat_ = seat;
    part.scopes_ = {};
    for (const auto one : {scope::messages_read, scope::messages_write}) {
        if (scopes_.allows(one))
            part.scopes_.add(one);
    }
    return part;
}

result<> grant::may_list(const message_filter& filter) const
{
    if (is_elsewhere(filter.conversation))
        return refuse_seated({must_be("/conversationId", seat_->conversation.text())});
    return {};
}

result<> grant::may_list(const conversation_filter& /*filter*/) const
{
    if (seat_)
        return refuse_seated({});
    return {};
}

result<> grant::may_read(conversation_id conversation) const
{
    if (is_elsewhere(conversation))
        return refuse_seated({must_be("/id", seat_->conversation.text())});
    return {};
}

result<> grant::may_follow(const stream_id& stream) const
{
    const auto* const conversation = std::get_if<conversation_id>(&stream);
    if (is_elsewhere(conversation == nullptr ? std::nullopt : std::optional{*conversation}))
        return refuse_seated({must_be("/conversationId", seat_->conversation.text())});
    return {};
}

result<> grant::may_send(const draft& draft) const
{
    if (!seat_)
        return {};
    std::vector<fault> faults;
    if (draft.conversation != seat_->conversation)
        faults.push_back(must_be("/conversationId", seat_->conversation.text()));
    if (draft.ends.from.value != seat_->client.value)
        faults.push_back(must_be("/from", seat_->client.text()));
    if (!faults.empty())
        return refuse_seated(std::move(faults));
    return {};
}

result<> grant::may_issue_tokens() const
{
    if (seat_)
        return refuse_seated({});
    if (!allows(scope::messages_read) || !allows(scope::messages_write)) {
        return refuse(
            errc::forbidden,
            "This needs a key with the scopes messages:read and messages:write."
        );
    }
    return {};
}

bool grant::may_see(const message& message) const noexcept
{
    return !is_elsewhere(message.conversation) && bots_.contains(message.way.bot);
}

}  // namespace botcore
