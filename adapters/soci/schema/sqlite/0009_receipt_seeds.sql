-- What the ids of a request's messages are derived from: random, so that nobody can compute them.
-- Receipts from before have none, and the ids of their messages are derived from the key.
ALTER TABLE receipts ADD COLUMN seed BLOB CHECK (length(seed) = 16);
