#pragma once

#include <botcore/domain/access.hpp>
#include <botcore/domain/bot.hpp>
#include <botcore/domain/idempotency.hpp>
#include <botcore/domain/query.hpp>
#include <botcore/ports/bot_store.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/id_source.hpp>
#include <botcore/result.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace botcore {

/// A bot as it arrives from a client: unchecked, and empty where a field is missing.
struct bot_input {
    std::optional<std::string_view> id{};
    std::optional<std::string_view> name{};
};

/// What callers can do with bots.
///
/// A function with a deadline blocks until it has an answer or the deadline has passed. Any number
/// of threads may call at once. The errors are those of `bot_store`, and those listed at a
/// function.
class bot_service {
public:
    /// Keeps references: both arguments must outlive the service.
    bot_service(bot_store& bots, id_source& ids) noexcept : bots_{bots}, ids_{ids} {}

    /// Checks a registration. A bot without an id gets one from the server. A retry under the same
    /// idempotency key gets the first answer, and so the first id.
    ///
    /// Callers that see different bots never share an idempotency key, even if its text is equal.
    ///
    /// Errors: `invalid_argument` with a fault for each faulty field.
    result<bot_registration> prepare(
        const bot_input& input,
        const std::optional<idempotency_key>& key = std::nullopt,
        const visible_bots& visible = {}
    );

    std::vector<result<registered_bot>> add(std::span<const bot_registration> added, deadline until)
    {
        return bots_.add(added, until);
    }

    /// Errors: `not_found`.
    std::vector<result<bot>> get(std::span<const bot_id> ids, const read_terms& terms);

    result<bot_page> list(
        const bot_query& query,
        const visible_bots& visible,
        const read_terms& terms
    );

    std::vector<result<bot>> change(std::span<const bot_change> changes, deadline until)
    {
        return bots_.change(changes, until);
    }

    std::vector<result<>> remove(std::span<const bot_removal> removals, deadline until)
    {
        return bots_.remove(removals, until);
    }

private:
    bot_store& bots_;
    id_source& ids_;
};

/// Checks a change to the bot `addressed`. `whole` makes `name` required; otherwise `name` is
/// optional. The id is always optional.
///
/// Errors: `invalid_argument` with a fault for each faulty field; `identity_mismatch` if the input
/// names another bot.
result<bot_change> parse_bot_change(bot_id addressed, const bot_input& input, bool whole);

}  // namespace botcore
