-- The messages of a bot in the order of arrival. Arrivals grow: new entries go to the end of each
-- bot's part, to a page that is in memory.
CREATE INDEX messages_stream_of_bot ON messages (bot, arrival);
