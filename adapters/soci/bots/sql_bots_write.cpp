#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/bots/bot_fence/bot_registry.hpp"
#include "adapters/soci/bots/sql_bots.hpp"
#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/rows/webhook_rows.hpp"

#include <array>
#include <optional>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

/// A row of the bots, the removed ones included.
struct kept_bot {
    botcore::bot bot;
    bool is_removed = false;

    friend bool operator==(const kept_bot&, const kept_bot&) = default;
};

std::optional<kept_bot> find_kept(session& on, bot_id id)
{
    auto& asked =
        on.prepared({"SELECT id, name, version, removed FROM bots WHERE id = :id", "i", "itnn"});
    std::optional<kept_bot> found;
    for (asked.give(id).run(); asked.next();)
        found = kept_bot{bot_in(asked), asked.number(3) != 0};
    return found;
}

void write(session& on, const kept_bot& changed)
{
    const auto& [bot, is_removed] = changed;
    on.prepared({"INSERT INTO bots (id, name, version, removed, registry_version)"
                 " VALUES (:id, :name, :version, :removed, (SELECT version + 1 FROM registry))"
                 " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
                 " version = excluded.version, removed = excluded.removed,"
                 " registry_version = excluded.registry_version",
                 "itnn"})
        .give(bot.id)
        .give(std::string_view{bot.name.text()})
        .give(bot.version)
        .give(std::int64_t{is_removed ? 1 : 0})
        .run()
        .finish();
    bot_registry::count_change(on);
}

/// The answer to an earlier registration with this receipt, if there was one.
std::optional<result<registered>> first_answer(session& on, const receipt& asked)
{
    auto& stored = on.prepared(
        {"SELECT bot, bot_name, bot_version, digest FROM receipts WHERE key = :key", "i", "itnn"}
    );
    std::optional<result<registered>> answer;
    for (stored.give(asked.key).run(); stored.next();) {
        const bool is_same = stored.count(3) == asked.digest && !stored.is_null(0);
        if (is_same) {
            answer = registered{.bot = bot_in(stored), .replayed = true};
            continue;
        }
        answer = reused_key();
    }
    return answer;
}

void keep_answer(session& on, const receipt& kept, const bot& answer)
{
    on.prepared({"INSERT INTO receipts (key, digest, bot, bot_name, bot_version)"
                 " VALUES (:key, :digest, :bot, :name, :version)",
                 "initn"})
        .give(kept.key)
        .give(kept.digest)
        .give(answer.id)
        .give(std::string_view{answer.name.text()})
        .give(answer.version)
        .run()
        .finish();
}

/// The last thing that a transaction wrote, to recognise it by if its commit is cut short.
struct trace {
    kept_bot bot;
    std::optional<uuid> receipt{};  ///< The key, if it wrote one beside the bot.
};

using last_written = std::optional<trace>;

result<registered> add_one(session& on, const bot_registration& added, last_written& done)
{
    if (added.receipt) {
        if (auto answer = first_answer(on, *added.receipt))
            return *std::move(answer);
    }
    const auto kept = find_kept(on, added.id);
    if (kept && !kept->is_removed)
        return refuse(errc::already_exists, "A bot with the id " + added.id.text() + " exists.");

    const bot made{
        .id = added.id,
        .name = added.name,
        .version = kept ? kept->bot.version + 1 : 1,
    };
    write(on, {made, false});
    if (added.receipt)
        keep_answer(on, *added.receipt, made);
    done = trace{
        .bot = {made, false},
        .receipt = added.receipt ? std::optional{added.receipt->key} : std::nullopt,
    };
    return registered{.bot = made};
}

result<bot> find_as(session& on, bot_id id, const precondition& expected)
{
    auto kept = find_kept(on, id);
    if (!kept || kept->is_removed)
        return refuse(errc::not_found, "No bot is registered under the id " + id.text() + ".");
    if (!expected.holds_for(kept->bot.version)) {
        return refuse(
            errc::precondition_failed,
            "The bot " + id.text() + " is not in the state that was asked for. Read it again."
        );
    }
    return std::move(kept->bot);
}

result<bot> change_one(session& on, const bot_change& asked, last_written& done)
{
    auto found = find_as(on, asked.id, asked.expected);
    if (!found || !asked.name || *asked.name == found->name)
        return found;
    const bot changed{.id = asked.id, .name = *asked.name, .version = found->version + 1};
    write(on, {changed, false});
    done = trace{{changed, false}};
    return changed;
}

result<> remove_one(session& on, const bot_removal& asked, last_written& done)
{
    auto found = find_as(on, asked.id, asked.expected);
    if (!found)
        return found.error();
    ++found->version;
    write(on, {*found, true});
    remove_webhooks_of(on, asked.id);
    done = trace{{*found, true}};
    return {};
}

/// Whether the last thing that was written is there. Nobody else writes a receipt but for the same
/// answer. Versions only grow: a smaller one, or none, says that nothing was, and a greater one
/// that somebody else went on from there or instead.
commit_status verify_commit(session& on, const trace& last)
{
    const auto& [wanted, receipt] = last;
    if (receipt) {
        commit_status found = commit_status::not_committed;
        const std::array keys{*receipt};
        const auto note = [&](const row& /*row*/) { found = commit_status::committed; };
        on.select_by_ids({"SELECT key FROM receipts", {}, "i"}, "key", keys, note);
        return found;
    }
    const auto kept = find_kept(on, wanted.bot.id);
    if (!kept || kept->bot.version < wanted.bot.version)
        return commit_status::not_committed;
    return *kept == wanted ? commit_status::committed : commit_status::unknown;
}

/// Does each item in turn, all in one transaction. An item that is refused wrote nothing.
template <class Answer, class Item>
std::vector<Answer> write_all(
    transaction_runner& runner,
    std::span<const Item> items,
    deadline until,
    Answer (*one)(session&, const Item&, last_written&)
)
{
    std::vector<Answer> answers;
    last_written changed;
    const transaction work{
        .lock = bots_change,
        .run =
            [&](session& on) {
                answers.clear();
                changed.reset();
                for (const auto& item : items)
                    answers.push_back(one(on, item, changed));
                return changed ? progress::written : progress::nothing;
            },
        .verify_commit = [&](session& on) { return verify_commit(on, *changed); },
    };
    if (items.empty())
        return answers;
    if (const auto done = runner.write(until, work); !done)
        answers.assign(items.size(), Answer{done.error()});
    return answers;
}

}  // namespace

std::vector<result<registered>> sql_bots::add(
    std::span<const bot_registration> added,
    deadline until
)
{
    return write_all(runner_, added, until, &add_one);
}

std::vector<result<bot>> sql_bots::change(std::span<const bot_change> changes, deadline until)
{
    return write_all(runner_, changes, until, &change_one);
}

std::vector<result<>> sql_bots::remove(std::span<const bot_removal> removals, deadline until)
{
    return write_all(runner_, removals, until, &remove_one);
}

}  // namespace botapi::sql
