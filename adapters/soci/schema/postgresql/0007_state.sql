-- `last_seq` hands out the numbers of a conversation. How many messages can be read is `last_seq -
-- hidden`, and the version of the conversation is `last_seq + changes`: `hidden` counts numbers behind
-- which no message can be read, and `changes` counts changes that gave out no number. An append
-- touches neither, and existing rows need no rewriting.
ALTER TABLE conversations
    ADD COLUMN hidden bigint NOT NULL DEFAULT 0 CHECK (hidden BETWEEN 0 AND last_seq),
    ADD COLUMN changes bigint NOT NULL DEFAULT 0 CHECK (changes >= 0);

-- The pending deliveries of one conversation to one webhook are its delivery queue.
ALTER TABLE webhook_lines RENAME TO delivery_queues;
ALTER INDEX webhook_lines_pkey RENAME TO delivery_queues_pkey;
ALTER INDEX webhook_lines_due RENAME TO delivery_queues_due;

-- Every row that belongs to a conversation says in which shard it is, so that shards can be told apart
-- by their rows alone.
ALTER TABLE pairings
    ADD COLUMN shard integer NOT NULL DEFAULT 0 CHECK (shard BETWEEN 0 AND 65535);
ALTER TABLE webhook_deliveries
    ADD COLUMN shard integer NOT NULL DEFAULT 0 CHECK (shard BETWEEN 0 AND 65535);
ALTER TABLE delivery_queues
    ADD COLUMN shard integer NOT NULL DEFAULT 0 CHECK (shard BETWEEN 0 AND 65535);
UPDATE pairings p SET shard = c.shard FROM conversations c WHERE c.id = p.conversation;
UPDATE webhook_deliveries d SET shard = m.shard FROM messages m WHERE m.id = d.message;
UPDATE delivery_queues q SET shard = c.shard FROM conversations c WHERE c.id = q.conversation;

-- A receipt belongs to no conversation: its shard is the last 16 bits of its key, as that of an id is.
ALTER TABLE receipts ADD COLUMN shard integer NOT NULL
    GENERATED ALWAYS AS (get_byte(uuid_send(key), 14) * 256 + get_byte(uuid_send(key), 15)) STORED;

-- The shards of messages whose ids clients chose, since such an id does not name the shard of its
-- conversation. It is filled when a store is split into shards; until then it is empty.
CREATE TABLE message_directory (
    id uuid PRIMARY KEY,
    shard integer NOT NULL CHECK (shard BETWEEN 0 AND 65535)
);
