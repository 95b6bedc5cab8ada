-- The messages of a bot in the order of arrival, which is the rowid, and so the end of every entry.
CREATE INDEX messages_stream_of_bot ON messages (bot);
