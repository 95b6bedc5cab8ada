#include "adapters/http/access/key_ring.hpp"

#include <algorithm>
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
    const auto began = std::chrono::steady_clock::now();
    const auto version = store_.version(until);
    if (!version)
        return version.error();
    bool has_changed = false;
    {
        const std::shared_lock lock{mutex_};
        has_changed = !is_known_ || *version != version_;
    }
    auto done = has_changed ? read_keys(*version, until) : botcore::result<>{};
    if (done)
        read_at_ = std::max(read_at_.load(), began);
    return done;
}

botcore::result<> key_ring::read_keys(std::uint64_t version, botcore::deadline until)
{
    auto listed = store_.list(until);
    if (!listed)
        return listed.error();
    entries fresh;
    for (auto& key : listed->keys) {
        const auto id = key.id;
        auto added = std::make_unique<entry>();
        added->stored_use = key.last_used ? minute_of(*key.last_used) : 0;
        added->last_use = added->stored_use;
        auto holder = std::make_shared<caller>();
        holder->grant = botcore::grant{key};
        holder->key = std::make_shared<const botcore::api_key>(std::move(key));
        added->holder = std::move(holder);
        fresh.emplace(id, std::move(added));
    }

    const std::unique_lock lock{mutex_};
    for (const auto& [id, added] : fresh) {
        if (const auto before = keys_.find(id); before != keys_.end()) {
            added->last_use = before->second->last_use.load();
            added->stored_use = before->second->stored_use;
        }
    }
    keys_ = std::move(fresh);
    signing_ = std::move(listed->signing);
    // The version was read before the list. So the next refresh notices a change in between.
    version_ = version;
    is_known_ = true;
    return {};
}

botcore::result<> key_ring::note_uses(botcore::deadline until)
{
    std::vector<std::pair<botcore::key_id, std::int64_t>> unstored;
    {
        const std::shared_lock lock{mutex_};
        for (const auto& [id, known] : keys_) {
            if (const auto minute = known->last_use.load(); minute != known->stored_use)
                unstored.emplace_back(id, minute);
        }
    }
    for (const auto& [id, minute] : unstored) {
        const botcore::instant at{std::chrono::minutes{minute}};
        if (auto stored = store_.note_use(id, at, until); !stored)
            return stored;
        const std::unique_lock lock{mutex_};
        if (const auto known = keys_.find(id); known != keys_.end())
            known->second->stored_use = minute;
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

authentication key_ring::find(const botcore::access_token& token) const
{
    const auto now = clock_.now();
    const std::shared_lock lock{mutex_};
    const auto known = keys_.find(token.id);
    // The hash is computed for unknown keys too, so that the duration of the check reveals nothing.
    const auto hash = token.hash();
    if (known == keys_.end())
        return {};
    const auto& [holder, stored_use, last_use] = *known->second;
    if (!botcore::is_same(hash, holder->key->hash))
        return {};
    if (!holder->key->is_valid_at(now))
        return {.is_guess = false};
    last_use = minute_of(now);
    return {.caller = holder, .is_guess = false};
}

authentication key_ring::find(std::string_view text) const
{
    using botcore::conversation_token;

    const auto now = clock_.now();
    const std::shared_lock lock{mutex_};
    const auto token = conversation_token::read(text, signing_, now);
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
    holder->signer = *signer_with(conversation_token::signer_in(text));
    return {.caller = std::move(holder), .is_guess = false};
}

bool key_ring::is_valid(const caller& caller) const
{
    const auto now = clock_.now();
    const std::shared_lock lock{mutex_};
    if (caller.token && (now >= caller.token->expires || !is_valid_signer(*caller.signer, now)))
        return false;
    if (!caller.key)
        return needs_no_key();
    const auto known = keys_.find(caller.key->id);
    return known != keys_.end() && known->second->holder->key->is_valid_at(now);
}

const botcore::signing_key* key_ring::signer_with(std::optional<std::uint32_t> number) const
{
    const auto known = std::ranges::find(signing_, number, &botcore::signing_key::number);
    return known == signing_.end() ? nullptr : &*known;
}

bool key_ring::is_valid_signer(const botcore::signing_key& signer, botcore::instant now) const
{
    const auto* const known = signer_with(signer.number);
    return known != nullptr && known->secret == signer.secret && known->is_valid_at(now);
}

std::optional<std::string> key_ring::sign(const botcore::conversation_token& token) const
{
    const auto now = clock_.now();
    const std::shared_lock lock{mutex_};
    const auto* const signer = botcore::signer_at(signing_, now);
    if (signer == nullptr)
        return std::nullopt;
    return token.text_signed_with(*signer);
}

const key_ring::entry* key_ring::issuer_of(
    const botcore::conversation_token& token,
    botcore::instant now
) const
{
    if (!token.issuer)
        return nullptr;
    const auto known = keys_.find(*token.issuer);
    if (known == keys_.end() || !known->second->holder->key->is_valid_at(now))
        return nullptr;
    return known->second.get();
}

}  // namespace botapi::http
