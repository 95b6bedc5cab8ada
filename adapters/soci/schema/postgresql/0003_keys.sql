-- The keys to the API. Of a secret only its hash is kept, in hexadecimal. Which bots a key is limited
-- to stands in one text, their ids after one another: it is only ever read as a whole.
CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    scopes integer NOT NULL,
    bots text NOT NULL,
    hash text NOT NULL,
    created bigint NOT NULL,
    expires bigint,
    revoked bigint,
    last_used bigint
);

-- Counts the changes of keys, so that servers can look several times a second whether they know all.
CREATE TABLE key_changes (
    one smallint PRIMARY KEY CHECK (one = 1),
    version bigint NOT NULL
);
INSERT INTO key_changes VALUES (1, 0);
