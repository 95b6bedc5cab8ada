#include "adapters/http/access/key_ring.hpp"

#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

namespace botapi::http {

namespace {

std::int64_t minute_of(botcore::instant at) noexcept
{
    return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count();
}

}  // namespace

botcore::result<> key_ring::refresh(botcore::deadline until)
{
    const auto version = store_.version(until);
    if (!version)
        return version.error();
    bool has_changed = false;
    {
        const std::shared_lock lock{mutex_};
        has_changed = !is_known_ || *version != version_;
    }
    return has_changed ? read_keys(*version, until) : botcore::result<>{};
}

botcore::result<> key_ring::read_keys(std::uint64_t version, botcore::deadline until)
{
    auto found = store_.list(until);
    if (!found)
        return found.error();
    entries made;
    for (auto& key : found->keys) {
        const auto id = key.id;
        auto one = std::make_unique<entry>();
        one->noted = key.last_used ? minute_of(*key.last_used) : 0;
        one->used = one->noted;
        auto holder = std::make_shared<caller>();
        holder->grant = botcore::grant{key};
        holder->key = std::make_shared<const botcore::api_key>(std::move(key));
        one->holder = std::move(holder);
        made.emplace(id, std::move(one));
    }

    const std::unique_lock lock{mutex_};
    for (const auto& [id, one] : made) {
        if (const auto before = keys_.find(id); before != keys_.end()) {
            one->used = before->second->used.load();
            one->noted = before->second->noted;
        }
    }
    keys_ = std::move(made);
    signing_ = std::move(found->signing);
    // That of before the list was read: what has changed since is read again.
    version_ = version;
    is_known_ = true;
    return {};
}

botcore::result<> key_ring::note_uses(botcore::deadline until)
{
    std::vector<std::pair<botcore::key_id, std::int64_t>> news;
    {
        const std::shared_lock lock{mutex_};
        for (const auto& [id, one] : keys_) {
            if (const auto used = one->used.load(); used != one->noted)
                news.emplace_back(id, used);
        }
    }
    for (const auto& [id, minute] : news) {
        const botcore::instant at{std::chrono::minutes{minute}};
        if (auto noted = store_.note_use(id, at, until); !noted)
            return noted;
        const std::unique_lock lock{mutex_};
        if (const auto known = keys_.find(id); known != keys_.end())
            known->second->noted = minute;
    }
    return {};
}

bool key_ring::is_known() const
{
    const std::shared_lock lock{mutex_};
    return is_known_;
}

bool key_ring::is_empty() const
{
    const std::shared_lock lock{mutex_};
    return is_known_ && keys_.empty();
}

bool key_ring::is_open() const
{
    const std::shared_lock lock{mutex_};
    return needs_no_key();
}

bool key_ring::needs_no_key() const
{
    return is_known_ && keys_.empty() && rule_ == without_keys::lets_everybody_in;
}

admittance key_ring::find(const botcore::access_token& shown) const
{
    const auto now = clock_.now();
    const std::shared_lock lock{mutex_};
    const auto found = keys_.find(shown.id);
    // The hash is made in any case: how long it takes tells nothing.
    const auto hash = shown.hash();
    if (found == keys_.end())
        return {};
    const auto& [holder, noted, used] = *found->second;
    if (!botcore::is_same(hash, holder->key->hash))
        return {};
    if (!holder->key->is_valid_at(now))
        return {.is_guess = false};
    used = minute_of(now);
    return {.caller = holder, .is_guess = false};
}

admittance key_ring::find(std::string_view conversation_token) const
{
    const auto now = clock_.now();
    const std::shared_lock lock{mutex_};
    const auto token = botcore::conversation_token::read(conversation_token, signing_, now);
    if (!token)
        return {};
    if (now >= token->expires)
        return {.is_guess = false};
    const auto* const issuer = issuer_of(*token, now);
    if (token->issuer ? issuer == nullptr : !needs_no_key())
        return {.is_guess = false};

    auto holder = std::make_shared<caller>();
    if (issuer != nullptr) {
        holder->key = issuer->holder->key;
        holder->grant = issuer->holder->grant;
    }
    holder->grant = holder->grant.seated(token->seat);
    holder->token = *token;
    return {.caller = std::move(holder), .is_guess = false};
}

bool key_ring::is_valid(const caller& known) const
{
    const auto now = clock_.now();
    const std::shared_lock lock{mutex_};
    if (known.token && now >= known.token->expires)
        return false;
    if (!known.key)
        return needs_no_key();
    const auto found = keys_.find(known.key->id);
    return found != keys_.end() && found->second->holder->key->is_valid_at(now);
}

std::optional<std::string> key_ring::sign(const botcore::conversation_token& made) const
{
    const auto now = clock_.now();
    const std::shared_lock lock{mutex_};
    const auto* const signer = botcore::signer_at(signing_, now);
    if (signer == nullptr)
        return std::nullopt;
    return made.text_signed_with(*signer);
}

const key_ring::entry* key_ring::issuer_of(
    const botcore::conversation_token& token,
    botcore::instant now
) const
{
    if (!token.issuer)
        return nullptr;
    const auto found = keys_.find(*token.issuer);
    if (found == keys_.end() || !found->second->holder->key->is_valid_at(now))
        return nullptr;
    return found->second.get();
}

}  // namespace botapi::http
