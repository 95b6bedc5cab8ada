#include "adapters/soci/messages/message_binding.hpp"
#include "adapters/soci/messages/message_writer.hpp"
#include "adapters/soci/messages/plan_growth.hpp"
#include "adapters/soci/rows/message_columns.hpp"
#include "adapters/soci/rows/webhook_rows.hpp"

#include <map>
#include <string>

namespace botapi::sql {

using namespace botcore;

namespace {

/// Queues a message for the webhooks of its bot that subscribe to its event.
void queue_for_webhooks(session& db, const append_plan::row& row, std::uint64_t arrival)
{
    const entry& entry = row.source;
    auto& insert = db.prepared(
        {"INSERT INTO webhook_deliveries (webhook, state, conversation, shard, arrival, message)"
         " SELECT id, 0, :conversation, :shard, :arrival, :message FROM webhooks WHERE bot = :bot"
         " AND state = 1 AND ((events >> :direction) & 1) = 1 RETURNING webhook",
         "inniin",
         "i"}
    );
    insert.bind(entry.draft.conversation).bind(std::int64_t{shard_of(entry.draft.conversation)});
    insert.bind(arrival).bind(entry.id);
    insert.bind(row.way.bot).bind(number_of(row.way.way));
    std::vector<webhook_id> receivers;
    for (insert.run(); insert.next();)
        receivers.push_back(webhook_id{insert.id(0)});
    for (const auto& webhook : receivers)
        add_to_queue(db, webhook, entry.draft.conversation, 1);
}

/// Increases the last numbers of the conversations, and returns the previous ones.
std::map<conversation_id, std::uint64_t> grow(session& db, const plan_growth& growth)
{
    std::map<conversation_id, std::uint64_t> before;
    for (const auto& [id, count] : growth.added) {
        auto& selection =
            db.prepared({"SELECT last_seq FROM conversations WHERE id = :id", "i", "n"});
        const auto previous = selection.bind(id).run_for_count();
        if (previous == 0) {
            db.prepared({"INSERT INTO conversations (id, shard, last_seq)"
                         " VALUES (:id, :shard, :count)",
                         "inn"})
                .bind(id)
                .bind(std::int64_t{shard_of(id)})
                .bind(count)
                .run()
                .finish();
        } else {
            db.prepared({"UPDATE conversations SET last_seq = :count WHERE id = :id", "ni"})
                .bind(previous + count)
                .bind(id)
                .run()
                .finish();
        }
        before[id] = previous;
    }
    return before;
}

std::uint64_t last_arrival(session& db)
{
    return db.prepared({"SELECT coalesce(max(arrival), 0) FROM messages", {}, "n"}).run_for_count();
}

/// The INSERT of a message. It has no RETURNING: with it SQLite would copy every page that the
/// statement changes, so that it could undo a part of the statement.
const sql_text& insert_message()
{
    static const auto sql = "INSERT INTO messages (arrival, seq, " + names_of(appended_columns) +
                            ") VALUES (:arrival, :seq, " + names_of(appended_columns, ":") + ")";
    static constexpr auto appended = letters_of(appended_columns);
    static const auto letters = "nn" + std::string{appended.data(), appended.size()};
    static const sql_text text{sql, letters};
    return text;
}

void write_pairings(session& db, const plan_growth& growth)
{
    for (const auto& [conversation, ends] : growth.pairings) {
        db.prepared({"INSERT INTO pairings (conversation, shard, bot, client)"
                     " VALUES (:conversation, :shard, :bot, :client) ON CONFLICT DO NOTHING",
                     "inii"})
            .bind(conversation)
            .bind(std::int64_t{shard_of(conversation)})
            .bind(ends.bot)
            .bind(ends.client)
            .run()
            .finish();
    }
}

void write_receipts(session& db, const append_plan& plan)
{
    for (const auto& [key, digest, seed] : plan.receipts()) {
        db.prepared({"INSERT INTO receipts (key, digest, seed) VALUES (:key, :digest, :seed)",
                     "ini"})
            .bind(key)
            .bind(digest)
            .bind(seed)
            .run()
            .finish();
    }
}

/// Writes row by row: on SQLite a statement costs no round trip.
class message_writer_sqlite final : public message_writer {
public:
    numbered_rows write(session& db, const append_plan& plan, const known_bots& bots) override
    {
        const plan_growth growth{plan};
        const auto before = grow(db, growth);
        write_pairings(db, growth);
        write_receipts(db, plan);

        auto arrival = last_arrival(db);
        numbered_rows written;
        written.reserve(plan.rows().size());
        for (const auto& row : plan.rows()) {
            const auto& conversation = row.source.get().draft.conversation;
            const auto seq = before.at(conversation) + growth.numbers[written.size()];
            auto& insert = db.prepared(insert_message());
            insert.bind(++arrival).bind(seq);
            bind_message(insert, row);
            insert.run().finish();
            written.push_back({.seq = seq, .arrival = arrival});
            if (bots.has_webhooks)
                queue_for_webhooks(db, row, arrival);
        }
        return written;
    }

    [[nodiscard]] bool commits_at_once() const noexcept override { return false; }

    std::optional<numbered_rows> write_and_commit(
        session& /*db*/,
        const append_plan& /*plan*/,
        const known_bots& /*bots*/
    ) override
    {
        return std::nullopt;
    }
};

}  // namespace

std::unique_ptr<message_writer> make_message_writer_sqlite()
{
    return std::make_unique<message_writer_sqlite>();
}

}  // namespace botapi::sql
