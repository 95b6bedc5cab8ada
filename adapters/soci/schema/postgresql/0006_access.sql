-- How many messages may be stored with a key that has a quota, and how many were. Its row is locked
-- by whoever stores messages with the key, and so counts exactly.
CREATE TABLE key_quotas (
    key uuid PRIMARY KEY REFERENCES api_keys (id),
    quota bigint NOT NULL,
    stored bigint NOT NULL CHECK (stored BETWEEN 0 AND quota)
) WITH (fillfactor = 50);

-- What tokens for conversations are signed with, in hexadecimal. Every server has to know it, so it
-- is kept as it is: who can read the database needs no token.
CREATE TABLE signing_keys (
    number bigint PRIMARY KEY CHECK (number > 0),
    secret text NOT NULL,
    created bigint NOT NULL,
    ends bigint
);
