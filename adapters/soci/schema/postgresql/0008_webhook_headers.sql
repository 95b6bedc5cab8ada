-- Fields that are sent with each request to a webhook, as lines of the form `Name: value`.
ALTER TABLE webhooks ADD COLUMN headers text NOT NULL DEFAULT '';
