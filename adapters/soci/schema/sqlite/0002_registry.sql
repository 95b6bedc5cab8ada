-- Counts the changes of bots, so that servers can keep in mind which bots are registered, and know
-- by one number that they still know it. Every bot has the number of its own last change.
CREATE TABLE registry (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO registry VALUES (1, 1);
ALTER TABLE bots ADD COLUMN registry_version INTEGER NOT NULL DEFAULT 1;
CREATE INDEX bots_changed ON bots (registry_version);
