#pragma once

#include "tests/contract/database_postgresql.hpp"

#include <string>

/// Writes like a server, with pauses between the statements in which the test can act.
class slow_writer {
public:
    slow_writer(database& db, botcore::bot_id bot, botcore::conversation_id talk)
        : db_{db}, connection_{db}, bot_{bot}, talk_{talk}
    {
        connection_.run("SET session_replication_role = replica");
    }

    void begin() { connection_.run("BEGIN; SELECT pg_advisory_xact_lock_shared(1651471475)"); }

    void write(const std::string& text)
    {
        const auto talk = literal(db_, talk_.value);
        const auto bot = literal(db_, bot_.value);
        connection_.run(
            "INSERT INTO conversations AS c (id, shard, last_seq) VALUES (" + talk +
            ", 0, 1) ON CONFLICT (id) DO UPDATE SET last_seq = c.last_seq + 1;"
            " INSERT INTO messages (id, shard, conversation, seq, instant, form, bot, client,"
            " direction, text) SELECT gen_random_uuid(), 0, id, last_seq, 0, 0, " +
            bot + ", " + talk + ", 1, '" + text + "' FROM conversations WHERE id = " + talk
        );
    }

    void end(const std::string& how) { connection_.run(how); }

private:
    database& db_;
    stranger connection_;
    botcore::bot_id bot_;
    botcore::conversation_id talk_;
};
