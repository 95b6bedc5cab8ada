-- Where the messages of bots are sent. `events` is a bit for each direction of messages, `state` 0
-- for disabled, 1 for enabled, 2 for disabled by an answer of 410, and 3 for removed: then it has no
-- name any more, and what is left of it is swept away in pieces.
CREATE TABLE webhooks (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    bot BLOB NOT NULL REFERENCES bots (id),
    name TEXT,
    url TEXT NOT NULL,
    events INTEGER NOT NULL CHECK (events BETWEEN 0 AND 3),
    secrets TEXT NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
    version INTEGER NOT NULL,
    UNIQUE (bot, name),
    CHECK ((name IS NULL) = (state = 3))
) STRICT, WITHOUT ROWID;
CREATE INDEX webhooks_removed ON webhooks (id) WHERE state = 3;

-- The outbox: a message that a webhook has still to be told of (state 0), or can't be (state 1). A
-- row is written with its message, and deleted when it was delivered.
CREATE TABLE webhook_deliveries (
    webhook BLOB NOT NULL,
    state INTEGER NOT NULL CHECK (state IN (0, 1)),
    conversation BLOB NOT NULL,
    arrival INTEGER NOT NULL,
    message BLOB NOT NULL REFERENCES messages (id),
    tries INTEGER NOT NULL DEFAULT 0,
    ended INTEGER,
    status INTEGER,
    failure TEXT,
    PRIMARY KEY (webhook, state, conversation, arrival)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (webhook, state, arrival);

-- The pending deliveries of one conversation to one webhook are a line, of which only the first is
-- tried: when, and under whose lease, is said here. `waiting` counts them, so that whoever takes the
-- last one away knows it by this row alone, however many others add to the line meanwhile.
CREATE TABLE webhook_lines (
    webhook BLOB NOT NULL,
    conversation BLOB NOT NULL,
    waiting INTEGER NOT NULL CHECK (waiting >= 0),
    due INTEGER NOT NULL DEFAULT 0,
    lease INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (webhook, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_lines_due ON webhook_lines (webhook, due);
