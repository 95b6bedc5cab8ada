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
        "This token is for one client in one conversation, and for nothing else.",
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

grant grant::seated(const botcore::seat& place) const
{
    grant part{*this};
    part.seat_ = place;
    part.scopes_ = {};
    for (const auto one : {scope::messages_read, scope::messages_write}) {
        if (scopes_.allows(one))
            part.scopes_.add(one);
    }
    return part;
}

result<> grant::may_list(const message_filter& asked) const
{
    if (is_elsewhere(asked.conversation))
        return refuse_seated({must_be("/conversationId", seat_->conversation.text())});
    return {};
}

result<> grant::may_list(const conversation_filter& /*asked*/) const
{
    if (seat_)
        return refuse_seated({});
    return {};
}

result<> grant::may_read(conversation_id asked) const
{
    if (is_elsewhere(asked))
        return refuse_seated({must_be("/id", seat_->conversation.text())});
    return {};
}

result<> grant::may_follow(const stream_id& asked) const
{
    const auto* const conversation = std::get_if<conversation_id>(&asked);
    if (is_elsewhere(conversation == nullptr ? std::nullopt : std::optional{*conversation}))
        return refuse_seated({must_be("/conversationId", seat_->conversation.text())});
    return {};
}

result<> grant::may_send(const draft& asked) const
{
    if (!seat_)
        return {};
    std::vector<fault> faults;
    if (asked.conversation != seat_->conversation)
        faults.push_back(must_be("/conversationId", seat_->conversation.text()));
    if (asked.ends.from.value != seat_->client.value)
        faults.push_back(must_be("/from", seat_->client.text()));
    if (!faults.empty())
        return refuse_seated(std::move(faults));
    return {};
}

result<> grant::may_give_seats() const
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

bool grant::may_know(const message& found) const noexcept
{
    return !is_elsewhere(found.conversation) && bots_.contains(found.way.bot);
}

}  // namespace botcore
