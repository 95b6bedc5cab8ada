-- Where the messages of bots are sent. `events` is a bit for each direction of messages, `state` 0
-- for disabled, 1 for enabled, 2 for disabled by an answer of 410, and 3 for removed: then it has no
-- name any more, and what is left of it is swept away in pieces.
CREATE TABLE webhooks (
    id uuid PRIMARY KEY,
    bot uuid NOT NULL REFERENCES bots (id),
    name text,
    url text NOT NULL,
    events integer NOT NULL CHECK (events BETWEEN 0 AND 3),
    secrets text NOT NULL,
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 3),
    version bigint NOT NULL,
    UNIQUE (bot, name),
    CHECK ((name IS NULL) = (state = 3))
);
CREATE INDEX webhooks_removed ON webhooks (id) WHERE state = 3;

-- The outbox: a message that a webhook has still to be told of (state 0), or can't be (state 1). A
-- row is written with its message, and deleted when it was delivered.
CREATE TABLE webhook_deliveries (
    webhook uuid NOT NULL,
    state smallint NOT NULL CHECK (state IN (0, 1)),
    conversation uuid NOT NULL,
    arrival bigint NOT NULL,
    message uuid NOT NULL REFERENCES messages (id),
    tries integer NOT NULL DEFAULT 0,
    ended bigint,
    status integer,
    failure text,
    PRIMARY KEY (webhook, state, conversation, arrival)
);
CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (webhook, state, arrival);

-- The pending deliveries of one conversation to one webhook are a line, of which only the first is
-- tried: when, and under whose lease, is said here. `waiting` counts them, so that whoever takes the
-- last one away knows it by this row alone, however many others add to the line meanwhile.
CREATE TABLE webhook_lines (
    webhook uuid NOT NULL,
    conversation uuid NOT NULL,
    waiting bigint NOT NULL CHECK (waiting >= 0),
    due bigint NOT NULL DEFAULT 0,
    lease bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (webhook, conversation)
);
CREATE INDEX webhook_lines_due ON webhook_lines (webhook, due);
