-- Counts the changes of bots, so that servers can keep in mind which bots are registered, and know
-- by one number that they still know it. Every bot has the number of its own last change.
CREATE TABLE registry (
    one smallint PRIMARY KEY CHECK (one = 1),
    version bigint NOT NULL
);
INSERT INTO registry VALUES (1, 1);
ALTER TABLE bots ADD COLUMN registry_version bigint NOT NULL DEFAULT 1;
CREATE INDEX bots_changed ON bots (registry_version);

-- Every message counts its conversation up. With room left in its page the new version of the row
-- needs no new index entry, and the old one no vacuum (heap-only tuples).
ALTER TABLE conversations SET (fillfactor = 70);
