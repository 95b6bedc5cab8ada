-- `last_seq` hands out the numbers of a conversation. How many messages can be read is `last_seq -
-- hidden`, and the version of the conversation is `last_seq + changes`: `hidden` counts numbers behind
-- which no message can be read, and `changes` counts changes that gave out no number. An append
-- touches neither, and existing rows need no rewriting.
ALTER TABLE conversations
    ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden BETWEEN 0 AND last_seq);
ALTER TABLE conversations
    ADD COLUMN changes INTEGER NOT NULL DEFAULT 0 CHECK (changes >= 0);

-- The pending deliveries of one conversation to one webhook are its delivery queue.
ALTER TABLE webhook_lines RENAME TO delivery_queues;
DROP INDEX webhook_lines_due;
CREATE INDEX delivery_queues_due ON delivery_queues (webhook, due);

-- Every row that belongs to a conversation says in which shard it is, as on PostgreSQL, where stores
-- are split into shards. There is no directory of ids that clients chose: a file is never split.
ALTER TABLE pairings
    ADD COLUMN shard INTEGER NOT NULL DEFAULT 0 CHECK (shard BETWEEN 0 AND 65535);
ALTER TABLE webhook_deliveries
    ADD COLUMN shard INTEGER NOT NULL DEFAULT 0 CHECK (shard BETWEEN 0 AND 65535);
ALTER TABLE delivery_queues
    ADD COLUMN shard INTEGER NOT NULL DEFAULT 0 CHECK (shard BETWEEN 0 AND 65535);
UPDATE pairings SET shard =
    (SELECT c.shard FROM conversations c WHERE c.id = pairings.conversation);
UPDATE webhook_deliveries SET shard =
    (SELECT m.shard FROM messages m WHERE m.id = webhook_deliveries.message);
UPDATE delivery_queues SET shard =
    (SELECT c.shard FROM conversations c WHERE c.id = delivery_queues.conversation);
