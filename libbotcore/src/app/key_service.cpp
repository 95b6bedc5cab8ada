#include "element_pointer.hpp"

#include <botcore/app/key_service.hpp>
#include <botcore/domain/bot.hpp>

#include <algorithm>
#include <utility>

namespace botcore {

namespace {

/// Reads the fields of one input and collects their faults.
class key_reader {
public:
    explicit key_reader(const key_input& input) : input_{input} {}

    std::string name()
    {
        if (!input_.name) {
            fault("/name", "is required.");
            return {};
        }
        // The rules for names are those of a bot's name.
        auto parsed = bot_name::parse(*input_.name);
        if (!parsed)
            fault("/name", parsed.error().detail);
        return std::string{*input_.name};
    }

    scope_set scopes()
    {
        scope_set read;
        for (std::size_t at = 0; at < input_.scopes.size(); ++at) {
            if (const auto scope = parse_scope(input_.scopes[at])) {
                read.add(*scope);
            } else {
                fault(
                    element_pointer("scopes", at),
                    "must be bots:read, bots:write, messages:read, messages:write or admin."
                );
            }
        }
        if (input_.scopes.empty())
            fault("/scopes", "must have at least one scope.");
        return read;
    }

    visible_bots bots(scope_set scopes)
    {
        std::vector<bot_id> read;
        for (std::size_t at = 0; at < input_.bots.size(); ++at) {
            const auto id = uuid::parse(input_.bots[at]);
            if (!id)
                fault(element_pointer("bots", at), "must be a UUID.");
            read.push_back(bot_id{id.value_or(uuid{})});
        }
        if (read.size() > api_key::bot_count_max) {
            fault(
                "/bots",
                "must have at most " + std::to_string(api_key::bot_count_max) + " elements."
            );
        }
        if (!read.empty() && scopes.contains(scope::admin))
            fault("/bots", "must be left out: an administrator sees all bots.");
        return read.empty() ? visible_bots{} : visible_bots{std::move(read)};
    }

    std::optional<instant> expires(instant now)
    {
        if (!input_.expires)
            return std::nullopt;
        const auto read = timestamp::parse(*input_.expires);
        if (!read) {
            fault("/expiresAt", read.error().detail);
            return std::nullopt;
        }
        if (read->at() <= now)
            fault("/expiresAt", "must be in the future.");
        return read->at();
    }

    std::optional<std::uint64_t> quota()
    {
        if (!input_.quota)
            return std::nullopt;
        const auto quota = *input_.quota;
        if (quota < 1 || quota > std::int64_t{api_key::quota_max}) {
            fault("/quota", "must be from 1 to " + std::to_string(api_key::quota_max) + ".");
            return std::nullopt;
        }
        return static_cast<std::uint64_t>(quota);
    }

    [[nodiscard]] std::vector<botcore::fault> faults() && { return std::move(faults_); }

private:
    void fault(std::string pointer, std::string detail)
    {
        faults_.push_back({std::move(pointer), std::move(detail)});
    }

    const key_input& input_;
    std::vector<botcore::fault> faults_{};
};

}  // namespace

result<new_key> key_service::prepare(const key_input& input)
{
    const auto now = clock_.now();
    key_reader read{input};
    api_key key{
        .id = {},
        .name = read.name(),
        .scopes = read.scopes(),
        .created = now,
        .expires = read.expires(now),
        .quota = read.quota()};
    key.bots = read.bots(key.scopes);
    if (auto faults = std::move(read).faults(); !faults.empty())
        return refuse(errc::invalid_argument, "The key has faulty fields.", std::move(faults));

    key.id = key_id{ids_.next(shard_number{0})};
    access_token token{.id = key.id, .secret = secrets_.next()};
    key.hash = token.hash();
    return new_key{.key = std::move(key), .token = token};
}

result<std::vector<api_key>> key_service::list(deadline until)
{
    auto found = keys_.list(until);
    if (!found)
        return found.error();
    return std::move(found->keys);
}

result<api_key> key_service::get(key_id id, deadline until)
{
    auto found = keys_.list(until);
    if (!found)
        return found.error();
    const auto key = std::ranges::find(found->keys, id, &api_key::id);
    if (key == found->keys.end())
        return refuse(errc::not_found, "No key has the id " + id.text() + ".");
    return std::move(*key);
}

result<> key_service::ensure_signing(deadline until)
{
    const auto found = keys_.list(until);
    if (!found)
        return found.error();
    if (!found->signing.empty())
        return {};
    const signing_key first{.number = 1, .secret = secrets_.next(), .created = clock_.now()};
    auto done = keys_.renew_signing(first, instant::max(), until);
    if (!done && done.error().code != errc::already_exists)
        return done;
    return {};
}

result<> key_service::rotate_signing(bool at_once, deadline until)
{
    const auto found = keys_.list(until);
    if (!found)
        return found.error();
    const auto now = clock_.now();
    const signing_key next{
        .number = found->signing.empty() ? 1 : found->signing.back().number + 1,
        .secret = secrets_.next(),
        .created = now};
    // Not `now`: another server's clock may be behind this one.
    const auto others_end = at_once ? signing_key::ended_already
                                    : now + conversation_token::life_max;
    return keys_.renew_signing(next, others_end, until);
}

}  // namespace botcore
