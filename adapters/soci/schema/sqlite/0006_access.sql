-- How many messages may be stored with a key that has a quota, and how many were.
CREATE TABLE key_quotas (
    key BLOB NOT NULL PRIMARY KEY REFERENCES api_keys (id) CHECK (length(key) = 16),
    quota INTEGER NOT NULL,
    stored INTEGER NOT NULL CHECK (stored BETWEEN 0 AND quota)
) STRICT, WITHOUT ROWID;

-- What tokens for conversations are signed with, in hexadecimal. Every server has to know it, so it
-- is kept as it is: who can read the database needs no token.
CREATE TABLE signing_keys (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    secret TEXT NOT NULL,
    created INTEGER NOT NULL,
    ends INTEGER
) STRICT;
