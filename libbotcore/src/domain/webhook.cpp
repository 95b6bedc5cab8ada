#include <botcore/domain/base64.hpp>
#include <botcore/domain/sha256.hpp>
#include <botcore/domain/webhook.hpp>

#include <algorithm>

namespace botcore {

namespace {

constexpr std::string_view secret_prefix = "whsec_";

}  // namespace

result<webhook_name> webhook_name::parse(std::string_view text)
{
    const auto is_allowed = [](char one) {
        return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '-';
    };
    if (text.empty() || text.size() > size_max || !std::ranges::all_of(text, is_allowed) ||
        text.starts_with('-') || text.ends_with('-')) {
        return refuse(
            errc::invalid_argument,
            "The name of a webhook has 1 to 64 of a to z, 0 to 9 and hyphens, with no hyphen at "
            "either end."
        );
    }
    return webhook_name{std::string{text}};
}

result<webhook_secret> webhook_secret::parse(std::string_view text)
{
    if (text.starts_with(secret_prefix)) {
        auto bytes = from_base64(text.substr(secret_prefix.size()));
        if (bytes && bytes->size() >= size_min && bytes->size() <= size_max)
            return webhook_secret{*std::move(bytes)};
    }
    return refuse(errc::invalid_argument, "must be whsec_ and 24 to 64 random bytes in base64.");
}

std::string webhook_secret::text() const
{
    return std::string{secret_prefix} + to_base64(bytes_);
}

std::string webhook_secret::hint() const
{
    const auto whole = text();
    return std::string{secret_prefix} + "..." + whole.substr(whole.size() - 4);
}

std::string_view name_of(webhook_event event) noexcept
{
    const auto* const found = std::ranges::find(webhook_event_names, event, [](const auto& one) {
        return one.first;
    });
    return found->second;
}

std::optional<webhook_events> webhook_events::from_bits(std::uint64_t bits) noexcept
{
    if (bits >> webhook_event_names.size() != 0)
        return std::nullopt;
    webhook_events made;
    made.bits_ = bits;
    return made;
}

std::string signatures_for(
    std::span<const webhook_secret> secrets,
    std::string_view id,
    std::int64_t sent_at,
    std::string_view body
)
{
    std::string signed_text{id};
    signed_text.append(1, '.').append(std::to_string(sent_at)).append(1, '.').append(body);
    std::string made;
    for (const auto& secret : secrets) {
        made += made.empty() ? "v1," : " v1,";
        made += to_base64(hmac_sha256(secret.bytes(), signed_text));
    }
    return made;
}

}  // namespace botcore
