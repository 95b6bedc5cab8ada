#include <botcore/app/token_service.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace botcore {

namespace {

using std::chrono::seconds;

template <class Id>
Id required_id(
    std::vector<fault>& faults,
    std::string pointer,
    const std::optional<std::string_view>& text
)
{
    if (!text) {
        faults.push_back({std::move(pointer), "is required."});
        return {};
    }
    const auto id = uuid::parse(*text);
    if (!id) {
        faults.push_back(
            {std::move(pointer), "must be a UUID, as in 7665ada8-3448-4acd-a1b7-d688e68fe9a1."}
        );
    }
    return Id{id.value_or(uuid{})};
}

}  // namespace

result<conversation_token> token_service::issue(
    const token_input& input,
    const grant& by,
    std::optional<key_id> issuer
) const
{
    if (const auto allowed = by.may_issue_tokens(); !allowed)
        return allowed.error();

    std::vector<fault> faults;
    const seat seat{
        required_id<conversation_id>(faults, "/conversationId", input.conversation_id),
        required_id<client_id>(faults, "/clientId", input.client_id)};
    const seconds life{input.expires_in.value_or(std::min(limits_.life, limits_.life_max).count())};
    if (life < seconds{1} || life > limits_.life_max) {
        faults.push_back(
            {"/expiresIn",
             "must be a number of seconds from 1 to " + std::to_string(limits_.life_max.count()) +
                 "."}
        );
    }
    if (!faults.empty())
        return refuse(errc::invalid_argument, "The token has faulty fields.", std::move(faults));

    const auto now = std::chrono::floor<seconds>(clock_.now());
    return conversation_token{
        .issuer = issuer,
        .seat = seat,
        .began = now,
        .expires = now + life,
        .life = life};
}

conversation_token token_service::refresh(const conversation_token& held) const
{
    const instant now = std::chrono::floor<seconds>(clock_.now());
    auto next = held;
    next.expires = std::min(now + held.life, held.began + limits_.life_max);
    // A clock that was set back never shortens a token.
    next.expires = std::max(next.expires, held.expires);
    return next;
}

}  // namespace botcore
