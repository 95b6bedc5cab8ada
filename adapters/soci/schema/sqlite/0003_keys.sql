-- The keys to the API. Of a secret only its hash is kept, in hexadecimal. Which bots a key is limited
-- to stands in one text, their ids after one another: it is only ever read as a whole.
CREATE TABLE api_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    scopes INTEGER NOT NULL,
    bots TEXT NOT NULL,
    hash TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER,
    last_used INTEGER
) STRICT, WITHOUT ROWID;

-- Counts the changes of keys, so that servers can look several times a second whether they know all.
CREATE TABLE key_changes (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO key_changes VALUES (1, 0);
