#include "each_found.hpp"

#include <botcore/app/bot_service.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace botcore {

namespace {

/// Reads the id if there is one, and adds a fault if it is wrong.
std::optional<bot_id> read_id(const bot_input& input, std::vector<fault>& faults)
{
    if (!input.id)
        return std::nullopt;
    const auto parsed = uuid::parse(*input.id);
    if (!parsed)
        faults.push_back({"/id", "must be a UUID, as in 36b9f842-ee97-11e8-9443-0242ac120002."});
    return bot_id{parsed.value_or(uuid{})};
}

std::optional<bot_name> read_name(const bot_input& input, bool required, std::vector<fault>& faults)
{
    if (!input.name) {
        if (required)
            faults.push_back({"/name", "is required."});
        return std::nullopt;
    }
    auto parsed = bot_name::parse(*input.name);
    if (!parsed) {
        faults.push_back({"/name", parsed.error().detail});
        return std::nullopt;
    }
    return std::move(*parsed);
}

error faulty(std::vector<fault> faults)
{
    return refuse(errc::invalid_argument, "The bot has faulty fields.", std::move(faults));
}

receipt receipt_for(
    const idempotency_key& key,
    const visible_bots& visible,
    const std::optional<bot_id>& id,
    const bot_name& name
)
{
    const auto key_hash = add_to(content_hash{}.add("bots").add(key.text()), visible).finish();
    const auto content = content_hash{}
                             .add(id.has_value() ? 1U : 0U)
                             .add(id.value_or(bot_id{}).value)
                             .add(name.text())
                             .finish();

    receipt made{.key = make_uuid_v8(std::span{key_hash}.first<uuid::size>(), shard_number{0})};
    for (std::size_t at = 0; at < 8; ++at)
        made.digest = (made.digest << 8U) | content[at];
    return made;
}

}  // namespace

result<bot_registration> bot_service::prepare(
    const bot_input& input,
    const std::optional<idempotency_key>& key,
    const visible_bots& visible
)
{
    std::vector<fault> faults;
    const auto id = read_id(input, faults);
    auto name = read_name(input, true, faults);
    if (!faults.empty())
        return faulty(std::move(faults));

    std::optional<receipt> receipt;
    if (key)
        receipt = receipt_for(*key, visible, id, *name);

    bot_registration made{.id = {}, .name = std::move(*name), .receipt = receipt};
    if (id)
        made.id = *id;
    else
        made.id = bot_id{ids_.next(shard_number{0})};
    return made;
}

result<bot_page> bot_service::list(
    const bot_query& query,
    const visible_bots& visible,
    const read_terms& terms
)
{
    if (visible.is_all())
        return bots_.list(query, terms);
    auto found = bots_.find(visible.ids(), terms);
    if (!found)
        return found.error();

    // `make_page` expects up to `limit + 1` bots, in reading order, from the cursor.
    const auto& from = query.from;
    const bool backwards = from && from->backwards;
    std::vector<bot> bots;
    for (auto& one : *found) {
        const bool is_after = one && (!from || (backwards ? one->id.value < from->key
                                                          : one->id.value > from->key));
        if (is_after)
            bots.push_back(*std::move(one));
    }
    if (backwards)
        std::ranges::reverse(bots);
    if (bots.size() > query.limit + 1)
        bots.erase(bots.begin() + static_cast<std::ptrdiff_t>(query.limit) + 1, bots.end());
    const auto key_of = [](const bot& one) { return one.id.value; };
    return make_page(std::move(bots), query.limit, from, key_of);
}

std::vector<result<bot>> bot_service::get(std::span<const bot_id> ids, const read_terms& terms)
{
    return each_found(bots_.find(ids, terms), ids);
}

result<bot_change> parse_bot_change(bot_id addressed, const bot_input& input, bool whole)
{
    std::vector<fault> faults;
    const auto id = read_id(input, faults);
    auto name = read_name(input, whole, faults);
    if (!faults.empty())
        return faulty(std::move(faults));
    if (id && *id != addressed) {
        return refuse(
            errc::identity_mismatch,
            "The id of a bot can't change: this bot is " + addressed.text() + ", not " +
                id->text() + ".",
            {{"/id", "must be left out, or be " + addressed.text() + "."}}
        );
    }
    return bot_change{.id = addressed, .name = std::move(name)};
}

}  // namespace botcore
