-- A removed bot stays as a tombstone, so that its messages keep their bot and a revival goes on
-- counting its versions.
CREATE TABLE bots (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    removed smallint NOT NULL CHECK (removed IN (0, 1))
);
CREATE INDEX bots_live ON bots (id) WHERE removed = 0;

CREATE TABLE conversations (
    id uuid PRIMARY KEY,
    shard integer NOT NULL CHECK (shard BETWEEN 0 AND 65535),
    last_seq bigint NOT NULL CHECK (last_seq > 0)
);

-- Which bot and which client spoke with each other in a conversation. The indexes list the
-- conversations of a bot, of a client, and of the two, in order of id.
CREATE TABLE pairings (
    conversation uuid NOT NULL REFERENCES conversations (id),
    bot uuid NOT NULL REFERENCES bots (id),
    client uuid NOT NULL,
    PRIMARY KEY (conversation, bot, client)
);
CREATE INDEX pairings_of_bot ON pairings (bot, conversation);
CREATE INDEX pairings_of_client ON pairings (client, conversation);
CREATE INDEX pairings_of_both ON pairings (bot, client, conversation);

-- One foreign key is enough: through its pairing a message has its conversation and its bot. A key
-- to bots itself would lock the row of a busy bot for every message.
CREATE TABLE messages (
    id uuid PRIMARY KEY,
    shard integer NOT NULL CHECK (shard BETWEEN 0 AND 65535),
    conversation uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    arrival bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    instant bigint NOT NULL,
    form integer NOT NULL CHECK (form BETWEEN 0 AND 65535),
    bot uuid NOT NULL,
    client uuid NOT NULL,
    direction smallint NOT NULL CHECK (direction IN (0, 1)),
    text text NOT NULL,
    metadata text,
    UNIQUE (conversation, seq),
    FOREIGN KEY (conversation, bot, client) REFERENCES pairings (conversation, bot, client)
);
CREATE INDEX messages_of_conversation ON messages (conversation, instant, seq);
CREATE INDEX messages_of_bot ON messages (bot, instant, arrival);
CREATE INDEX messages_of_client ON messages (client, instant, arrival);

-- A receipt of a registration has what was answered: the bot as it was then.
CREATE TABLE receipts (
    key uuid PRIMARY KEY,
    digest bigint NOT NULL,
    bot uuid,
    bot_name text,
    bot_version bigint,
    CHECK ((bot IS NULL) = (bot_name IS NULL) AND (bot IS NULL) = (bot_version IS NULL))
);
