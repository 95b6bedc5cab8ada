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

/// A row of the table of bots, which also keeps removed bots.
struct bot_record {
    botcore::bot bot;
    bool is_removed = false;

    friend bool operator==(const bot_record&, const bot_record&) = default;
};

std::optional<bot_record> find_record(session& db, bot_id id)
{
    auto& selection =
        db.prepared({"SELECT id, name, version, removed FROM bots WHERE id = :id", "i", "itnn"});
    std::optional<bot_record> record;
    for (selection.bind(id).run(); selection.next();)
        record = bot_record{bot_in(selection), selection.number(3) != 0};
    return record;
}

/// Keeps other transactions from changing the bot, but not from appending its messages.
void lock_row(session& db, bot_id id)
{
    const std::string lock{db.dialect().lock_rows};
    db.prepared({"SELECT version FROM bots WHERE id = :id" + lock, "i", "n"})
        .bind(id)
        .run()
        .finish();
}

void write(session& db, const bot_record& changed)
{
    const auto& [bot, is_removed] = changed;
    db.prepared({"INSERT INTO bots (id, name, version, removed, registry_version)"
                 " VALUES (:id, :name, :version, :removed, (SELECT version + 1 FROM registry))"
                 " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
                 " version = excluded.version, removed = excluded.removed,"
                 " registry_version = excluded.registry_version",
                 "itnn"})
        .bind(bot.id)
        .bind(std::string_view{bot.name.text()})
        .bind(bot.version)
        .bind(std::int64_t{is_removed ? 1 : 0})
        .run()
        .finish();
    bot_registry::count_change(db);
}

/// The answer to an earlier registration with this receipt, if there was one.
std::optional<result<registered_bot>> first_answer(session& db, const receipt& receipt)
{
    auto& stored = db.prepared(
        {"SELECT bot, bot_name, bot_version, digest FROM receipts WHERE key = :key", "i", "itnn"}
    );
    std::optional<result<registered_bot>> answer;
    for (stored.bind(receipt.key).run(); stored.next();) {
        const bool is_same = stored.count(3) == receipt.digest && !stored.is_null(0);
        if (is_same) {
            answer = registered_bot{.bot = bot_in(stored), .replayed = true};
            continue;
        }
        answer = reused_key();
    }
    return answer;
}

void keep_answer(session& db, const receipt& receipt, const bot& answer)
{
    db.prepared({"INSERT INTO receipts (key, digest, bot, bot_name, bot_version)"
                 " VALUES (:key, :digest, :bot, :name, :version)",
                 "initn"})
        .bind(receipt.key)
        .bind(receipt.digest)
        .bind(answer.id)
        .bind(std::string_view{answer.name.text()})
        .bind(answer.version)
        .run()
        .finish();
}

/// The last row that a transaction wrote. After an interrupted commit it shows whether the commit
/// succeeded.
struct trace {
    bot_record bot;
    std::optional<uuid> receipt{};  ///< The key of the receipt, if one was written.
};

using last_written = std::optional<trace>;

result<registered_bot> add_one(session& db, const bot_registration& added, last_written& written)
{
    if (added.receipt) {
        if (auto answer = first_answer(db, *added.receipt))
            return *std::move(answer);
    }
    const auto record = find_record(db, added.id);
    if (record && !record->is_removed)
        return refuse(errc::already_exists, "A bot with the id " + added.id.text() + " exists.");

    const bot created{
        .id = added.id,
        .name = added.name,
        .version = record ? record->bot.version + 1 : 1,
    };
    write(db, {created, false});
    if (added.receipt)
        keep_answer(db, *added.receipt, created);
    written = trace{
        .bot = {created, false},
        .receipt = added.receipt ? std::optional{added.receipt->key} : std::nullopt,
    };
    return registered_bot{.bot = created};
}

result<bot> find_as(session& db, bot_id id, const precondition& expected)
{
    auto record = find_record(db, id);
    if (!record || record->is_removed)
        return refuse(errc::not_found, "No bot is registered under the id " + id.text() + ".");
    if (!expected.holds_for(record->bot.version)) {
        return refuse(
            errc::precondition_failed,
            "The bot " + id.text() +
                " is not in the state that the request requires. Read it again."
        );
    }
    return std::move(record->bot);
}

/// Changes the name. An append does not depend on names, so the version of the registry stays, and
/// appends can run at the same time.
void rename(session& db, const bot& changed)
{
    db.prepared({"UPDATE bots SET name = :name, version = :version WHERE id = :id", "tni"})
        .bind(std::string_view{changed.name.text()})
        .bind(changed.version)
        .bind(changed.id)
        .run()
        .finish();
}

result<bot> change_one(session& db, const bot_change& change, last_written& written)
{
    lock_row(db, change.id);
    auto current = find_as(db, change.id, change.expected);
    if (!current || !change.name || *change.name == current->name)
        return current;
    const bot changed{.id = change.id, .name = *change.name, .version = current->version + 1};
    rename(db, changed);
    written = trace{{changed, false}};
    return changed;
}

result<> remove_one(session& db, const bot_removal& removal, last_written& written)
{
    auto current = find_as(db, removal.id, removal.expected);
    if (!current)
        return current.error();
    ++current->version;
    write(db, {*current, true});
    remove_webhooks_of(db, removal.id);
    written = trace{{*current, true}};
    return {};
}

/// Whether the last row that was written is stored. A stored receipt proves it: any other request
/// that wrote this receipt has the same answer. Without a receipt the version decides, because
/// versions only grow. A smaller version, or no row, proves that nothing was written. A greater
/// version proves only that another change came after ours, or instead of it.
commit_status verify_commit(session& db, const trace& last)
{
    const auto& [expected, receipt] = last;
    if (receipt) {
        commit_status status = commit_status::not_committed;
        const std::array keys{*receipt};
        const auto confirm = [&](const row& /*row*/) { status = commit_status::committed; };
        db.select_by_ids({"SELECT key FROM receipts", {}, "i"}, "key", keys, confirm);
        return status;
    }
    const auto record = find_record(db, expected.bot.id);
    if (!record || record->bot.version < expected.bot.version)
        return commit_status::not_committed;
    return *record == expected ? commit_status::committed : commit_status::unknown;
}

/// Executes all items in order, in one transaction under `lock`. A refused item writes nothing.
template <class Answer, class Item>
std::vector<Answer> write_all(
    transaction_runner& runner,
    const write_lock& lock,
    std::span<const Item> items,
    deadline until,
    Answer (*carry_out)(session&, const Item&, last_written&)
)
{
    std::vector<Answer> answers;
    last_written written;
    const transaction work{
        .lock = lock,
        .run =
            [&](session& db) {
                answers.clear();
                written.reset();
                for (const auto& item : items)
                    answers.push_back(carry_out(db, item, written));
                return written ? progress::written : progress::nothing;
            },
        .verify_commit = [&](session& db) { return verify_commit(db, *written); },
    };
    if (items.empty())
        return answers;
    if (const auto done = runner.write(until, work); !done)
        answers.assign(items.size(), Answer{done.error()});
    return answers;
}

}  // namespace

std::vector<result<registered_bot>> sql_bots::add(
    std::span<const bot_registration> added,
    deadline until
)
{
    return write_all(runner_, bots_change, added, until, &add_one);
}

std::vector<result<bot>> sql_bots::change(std::span<const bot_change> changes, deadline until)
{
    return write_all(runner_, bots_stay, changes, until, &change_one);
}

std::vector<result<>> sql_bots::remove(std::span<const bot_removal> removals, deadline until)
{
    return write_all(runner_, bots_change, removals, until, &remove_one);
}

}  // namespace botapi::sql
