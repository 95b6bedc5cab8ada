-- A removed bot stays as a tombstone, so that its messages keep their bot and a revival goes on
-- counting its versions.
CREATE TABLE bots (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    removed INTEGER NOT NULL CHECK (removed IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX bots_live ON bots (id) WHERE removed = 0;

CREATE TABLE conversations (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    shard INTEGER NOT NULL CHECK (shard BETWEEN 0 AND 65535),
    last_seq INTEGER NOT NULL CHECK (last_seq > 0)
) STRICT, WITHOUT ROWID;

-- Which bot and which client spoke with each other in a conversation. The indexes list the
-- conversations of a bot, of a client, and of the two, in order of id.
CREATE TABLE pairings (
    conversation BLOB NOT NULL REFERENCES conversations (id),
    bot BLOB NOT NULL REFERENCES bots (id),
    client BLOB NOT NULL CHECK (length(client) = 16),
    PRIMARY KEY (conversation, bot, client)
) STRICT, WITHOUT ROWID;
CREATE INDEX pairings_of_bot ON pairings (bot, conversation);
CREATE INDEX pairings_of_client ON pairings (client, conversation);
CREATE INDEX pairings_of_both ON pairings (bot, client, conversation);

-- One foreign key is enough: through its pairing a message has its conversation and its bot. A key
-- to bots itself would lock the row of a busy bot for every message.
CREATE TABLE messages (
    arrival INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    shard INTEGER NOT NULL CHECK (shard BETWEEN 0 AND 65535),
    conversation BLOB NOT NULL,
    seq INTEGER NOT NULL CHECK (seq > 0),
    instant INTEGER NOT NULL,
    form INTEGER NOT NULL CHECK (form BETWEEN 0 AND 65535),
    bot BLOB NOT NULL,
    client BLOB NOT NULL,
    direction INTEGER NOT NULL CHECK (direction IN (0, 1)),
    text TEXT NOT NULL,
    metadata TEXT,
    UNIQUE (conversation, seq),
    FOREIGN KEY (conversation, bot, client) REFERENCES pairings (conversation, bot, client)
) STRICT;
CREATE INDEX messages_of_conversation ON messages (conversation, instant, seq);
CREATE INDEX messages_of_bot ON messages (bot, instant, arrival);
CREATE INDEX messages_of_client ON messages (client, instant, arrival);

-- A receipt of a registration has what was answered: the bot as it was then.
CREATE TABLE receipts (
    key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 16),
    digest INTEGER NOT NULL,
    bot BLOB,
    bot_name TEXT,
    bot_version INTEGER,
    CHECK ((bot IS NULL) = (bot_name IS NULL) AND (bot IS NULL) = (bot_version IS NULL))
) STRICT, WITHOUT ROWID;
