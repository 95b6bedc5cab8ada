#include "adapters/soci/maintenance/check_rules.hpp"

namespace botapi::sql {

void run_check(session& db, check_report& report, const std::string& name, const sql_text& text)
{
    rule rule{report, name};
    auto& selection = db.prepared(text);
    for (selection.run(); selection.next();) {
        const bool is_id = text.columns == "i";
        rule.add(is_id ? selection.id(0).text() + '.' : std::string{selection.text(0)} + '.');
    }
}

namespace {

/// Rules that no constraint of the schema enforces.
void check_conversation_rules(session& db, check_report& report)
{
    run_check(
        db,
        report,
        "A conversation has participants without messages in it",
        {"SELECT conversation FROM (SELECT conversation, bot, client FROM pairings"
         " EXCEPT SELECT conversation, bot, client FROM messages) AS silent"
         " GROUP BY conversation ORDER BY conversation",
         {},
         "i"}
    );
    run_check(
        db,
        report,
        "A message arrived before one with a smaller number in its conversation",
        {"SELECT id FROM (SELECT id, arrival, lag(arrival) OVER (PARTITION BY conversation"
         " ORDER BY seq) AS before FROM messages) AS placed WHERE arrival <= before ORDER BY id",
         {},
         "i"}
    );
}

void check_webhook_rules(session& db, check_report& report)
{
    run_check(
        db,
        report,
        "The delivery queue of a conversation to a webhook has a wrong count",
        {"SELECT conversation FROM (SELECT webhook, conversation, waiting FROM delivery_queues"
         " UNION ALL SELECT webhook, conversation, -count(*) FROM webhook_deliveries"
         " WHERE state = 0 GROUP BY webhook, conversation) AS counted"
         " GROUP BY webhook, conversation HAVING sum(waiting) <> 0 ORDER BY conversation",
         {},
         "i"}
    );
    run_check(
        db,
        report,
        "A delivery to a webhook has no message",
        {"SELECT d.message FROM webhook_deliveries d LEFT JOIN messages m ON m.id = d.message"
         " WHERE m.id IS NULL ORDER BY d.message",
         {},
         "i"}
    );
}

}  // namespace

void check_relations(session& db, check_report& report)
{
    run_check(
        db,
        report,
        "The messages of a conversation are not numbered from 1 to its last number",
        {"SELECT c.id FROM conversations c LEFT JOIN messages m ON m.conversation = c.id"
         " GROUP BY c.id, c.last_seq HAVING count(m.seq) <> c.last_seq OR min(m.seq) <> 1"
         " OR max(m.seq) <> c.last_seq ORDER BY c.id",
         {},
         "i"}
    );
    run_check(
        db,
        report,
        "A message has no conversation",
        {"SELECT m.id FROM messages m LEFT JOIN conversations c ON c.id = m.conversation"
         " WHERE c.id IS NULL ORDER BY m.id",
         {},
         "i"}
    );
    run_check(
        db,
        report,
        "A message has no bot",
        {"SELECT m.id FROM messages m LEFT JOIN bots b ON b.id = m.bot WHERE b.id IS NULL"
         " ORDER BY m.id",
         {},
         "i"}
    );
    run_check(
        db,
        report,
        "The bot and client of a message are not participants of its conversation",
        {"SELECT m.id FROM messages m LEFT JOIN pairings p ON p.conversation = m.conversation"
         " AND p.bot = m.bot AND p.client = m.client WHERE p.bot IS NULL ORDER BY m.id",
         {},
         "i"}
    );
    check_conversation_rules(db, report);
    check_webhook_rules(db, report);
}

}  // namespace botapi::sql
